from django.conf import settings
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
