from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from guanxi.commerce.models.shop import Shop


class OrderImport(models.Model):
    """One file of orders given to one shop, and what came of it."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    connector = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    stored_path = models.CharField(max_length=300)
    """Relative to GUANXI_HOME/uploads; the file is removed when the import is done."""
    mapping = models.JSONField(default=dict, blank=True)
    job_id = models.BigIntegerField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0)
    orders_created = models.BigIntegerField(default=0)
    orders_updated = models.BigIntegerField(default=0)
    orders_unchanged = models.BigIntegerField(default=0)
    customers_created = models.BigIntegerField(default=0)
    customers_matched = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    seconds = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="order_import_recent")]

    def __str__(self) -> str:
        return self.file_name


class ImportedBatch(models.Model):
    """What one batch of a running import did, written in the batch's own transaction: an import that is cut off and
    run again knows what it has counted. Removed when the import is done."""

    pk = models.CompositePrimaryKey("order_import_id", "number")
    order_import = models.ForeignKey(OrderImport, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.IntegerField()
    orders_created = models.IntegerField()
    orders_updated = models.IntegerField()
    orders_unchanged = models.IntegerField()
    customers_created = models.IntegerField()
    customer_ids = ArrayField(models.BigIntegerField(), default=list)
    """The different customers of the batch's orders, new ones included."""
    rejections = models.JSONField(default=list)
    """Pairs of source rows and the reason they were refused for."""

    def __str__(self) -> str:
        return f"batch {self.number} of import {self.order_import_id}"
