from django.db import models
from django.db.models.functions import Coalesce

from guanxi.core.changes import ChangeMark
from guanxi.customers.models.customer import Customer


class ConsentEntry(models.Model):
    """One time a customer said yes or no to a channel and purpose. The newest entry holds; none means no."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    channel = models.CharField(max_length=12)
    purpose = models.CharField(max_length=12)
    granted = models.BooleanField()
    source = models.CharField(max_length=60)
    """``taobao``, ``shopify``, ``form``, ``api``, ``unsubscribe``, ``complaint``."""
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    detail = models.CharField(max_length=200, default="", blank=True)
    changed_xact = ChangeMark()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Coalesce("origin_customer_id", "customer_id"),
                "channel",
                "purpose",
                "at",
                "granted",
                "source",
                name="consent_entry_once",
            ),
        ]
        indexes = [models.Index(fields=["customer", "channel", "purpose", "-at", "-id"], name="consent_newest")]

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose} {'yes' if self.granted else 'no'}"
