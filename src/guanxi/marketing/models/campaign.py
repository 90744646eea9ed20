from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

WHOLE = 10_000
"""Shares are whole hundredths of a percent, so that they can add up exactly."""


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    LAUNCHING = "launching", _("Launching")
    """Its audience is being frozen, or its messages are being queued."""
    SENDING = "sending", _("Sending")
    """Every message is queued and some are not out yet."""
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class Campaign(models.Model):
    """One message in one or several variants to the members of a segment, with a control group that gets nothing."""

    name = models.CharField(_("name"), max_length=120)
    segment = models.ForeignKey("segments.Segment", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12)
    purpose = models.CharField(max_length=12)
    status = models.CharField(max_length=10, choices=CampaignStatus, default=CampaignStatus.DRAFT)
    problem = models.CharField(max_length=40, default="", blank=True)
    """Code of why its launch was refused last time; see problems.py."""
    control_share = models.PositiveSmallIntegerField(default=1000, validators=[MaxValueValidator(WHOLE - 1)])
    """Of those who may be written to, hundredths of a percent."""
    seed = models.CharField(max_length=60)
    window_days = models.PositiveSmallIntegerField(default=14, validators=[MinValueValidator(1)])
    """Days after assignment whose orders count. Fixed at launch, so that nobody picks the window that looks best."""
    tracking = models.BooleanField(default=True)

    fixed_cost = models.BigIntegerField(default=0)
    cost_per_thousand = models.BigIntegerField(default=0)
    """Of a thousand messages sent, because one often costs less than a minor unit."""
    currency = models.CharField(max_length=3)

    scheduled_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_audience = models.BigIntegerField(null=True)
    """Members of the segment when someone looked at the review page and agreed."""
    launched_at = models.DateTimeField(null=True)
    """When its audience was frozen and divided."""
    audience = models.BigIntegerField(null=True)
    """Members of the segment at that moment."""
    queued_through = models.BigIntegerField(default=0)
    """Highest CampaignMember id whose message is queued."""
    queued_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="campaign_recent"),
            models.Index(fields=["status", "scheduled_at"], name="campaign_due"),
        ]

    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """One wording of a campaign. Its share is of the customers outside the control group."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="variants")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    share = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(WHOLE)])
    template_version = models.ForeignKey(
        "messaging.TemplateVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="variant_number_once"),
            models.UniqueConstraint(fields=["campaign", "name"], name="variant_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
