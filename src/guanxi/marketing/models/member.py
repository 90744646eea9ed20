from django.db import models
from django.db.models.functions import Coalesce

from guanxi.core.changes import ChangeMark
from guanxi.marketing.models.campaign import Campaign, Variant


class CampaignMember(models.Model):
    """One customer's place in one campaign, decided once at launch and never changed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    customer_id = models.BigIntegerField()
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    variant = models.ForeignKey(Variant, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """Null for the control group and for those left out."""
    excluded = models.CharField(max_length=20, default="", blank=True)
    """Why the customer was left out, as messaging says it; empty for those who could be written to."""
    assigned_at = models.DateTimeField()
    changed_xact = ChangeMark()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "campaign", Coalesce("origin_customer_id", "customer_id"), name="campaign_member_once"
            )
        ]
        indexes = [
            models.Index(fields=["customer_id", "-assigned_at"], name="campaign_member_customer"),
            models.Index(fields=["campaign", "id"], name="campaign_member_queue"),
        ]

    def __str__(self) -> str:
        return f"customer {self.customer_id} in campaign {self.campaign_id}"
