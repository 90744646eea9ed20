from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.core.changes import ChangeMark


class Shop(models.Model):
    """Where the merchant sells: a platform shop, a web shop, a branch with a till."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    connector = models.CharField(_("platform"), max_length=40)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    time_zone = models.CharField(_("time zone"), max_length=64, default=settings.TIME_ZONE)
    country = models.CharField(_("country"), max_length=2, default="CN", blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    """Saved column mapping of the ``table`` connector."""
    created_at = models.DateTimeField(auto_now_add=True)
    changed_xact = ChangeMark()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """Something a shop sells, known by the shop's own code, its platform id, or else its title."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="products")
    key = models.CharField(max_length=200)
    """``sku:…``, ``id:…`` or ``title:…``, the first that the source gave."""
    title = models.CharField(max_length=300)
    sku = models.CharField(max_length=100, default="", blank=True)
    category = models.CharField(max_length=80, default="", blank=True)
    first_seen_at = models.DateTimeField()
    changed_xact = ChangeMark()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="product_once")]
        indexes = [models.Index(fields=["category"], name="product_category")]

    def __str__(self) -> str:
        return self.title
