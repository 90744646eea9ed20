from django.conf import settings
from django.db import models

from guanxi.marketing.models.campaign import Campaign


class CostEntry(models.Model):
    """Money spent on a campaign beside its messages. Append-only: a mistake is put right by a negative entry."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    """Minor units of the campaign's currency."""
    note = models.CharField(max_length=120, default="", blank=True)
    idempotency_key = models.CharField(max_length=80, unique=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["campaign", "recorded_at"], name="cost_entry_campaign")]

    def __str__(self) -> str:
        return f"{self.amount} for campaign {self.campaign_id}"
