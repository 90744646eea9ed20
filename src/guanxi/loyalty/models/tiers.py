from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from guanxi.core.changes import ChangeMark


class WindowKind(models.TextChoices):
    ROLLING = "rolling", _("the last days, counted back from today")
    YEAR = "year", _("the calendar year")
    QUARTER = "quarter", _("the calendar quarter")


class Downgrade(models.TextChoices):
    GRACE = "grace", _("after the days of grace")
    YEARLY = "yearly", _("after the days of grace, on the next fixed day of the year")
    NEVER = "never", _("never")


class Match(models.TextChoices):
    ALL = "all", _("all of them")
    ANY = "any", _("any of them")


class Reason(models.TextChoices):
    """Why a tier changed; see `words.reason`."""

    EARNED = "earned", _("Earned")
    FELL = "fell", _("No longer met")
    BY_HAND = "by_hand", _("Set by hand")
    HAND_ENDED = "hand_ended", _("End of a tier set by hand")
    RULES = "rules", _("Rules changed")
    CLOSED = "closed", _("Programme ended")


class TierProgramme(models.Model):
    """A ladder of tiers with the window its conditions look at and what happens to those who no longer meet them."""

    name = models.CharField(_("name"), max_length=80)
    shop_id = models.BigIntegerField(null=True)
    """commerce.Shop; null for one that counts the orders of all shops."""
    window = models.CharField(max_length=8, choices=WindowKind, default=WindowKind.ROLLING)
    window_days = models.IntegerField(default=365)
    """Of a rolling window: so many days of the merchant's calendar, today the last."""
    downgrade = models.CharField(max_length=8, choices=Downgrade, default=Downgrade.GRACE)
    grace_days = models.IntegerField(default=30)
    fall_month = models.SmallIntegerField(default=1)
    fall_day = models.SmallIntegerField(default=1)
    """With ``fall_month`` the day of the year on which tiers are taken, when the downgrade is yearly."""
    warn_days = models.IntegerField(default=14)
    """How long before a tier is lost the warning goes out; 0 for no warning."""
    evaluated_on = models.DateField(null=True)
    """The merchant's day of the last evaluation of everyone; null before the first."""
    evaluated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    changed_xact = ChangeMark()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id"], condition=Q(closed_at=None), nulls_distinct=False, name="tier_programme_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Tier(models.Model):
    """One step of a ladder: what it asks and what it gives. One taken out stays for the history that names it."""

    programme = models.ForeignKey(TierProgramme, on_delete=models.CASCADE, related_name="tiers")
    rank = models.SmallIntegerField()
    """From 1, the lowest, without gaps among those in use."""
    name = models.CharField(_("name"), max_length=60)
    color = models.CharField(max_length=20, default="blue")
    """A Tabler colour name."""
    min_spend = models.BigIntegerField(null=True)
    """Minor units of the merchant's currency, net of refunds; null when spend is not asked."""
    min_orders = models.IntegerField(null=True)
    min_points = models.BigIntegerField(null=True)
    """Earned in the window, less what refunds called back; without those given by hand."""
    match = models.CharField(max_length=3, choices=Match, default=Match.ALL)
    discount_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    points_multiplier = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(1))
    free_shipping = models.BooleanField(default=False)
    birthday_gift = models.CharField(max_length=200, default="", blank=True)
    service_priority = models.SmallIntegerField(default=0)
    """0 is the usual; higher goes first."""
    benefits = models.TextField(default="", blank=True)
    """What else the merchant promises, in words for people."""
    removed_at = models.DateTimeField(null=True)
    lower = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    """Of one taken out: the next lower one, which its members keep at least; null when it was the lowest."""
    changed_xact = ChangeMark()

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "rank"], condition=Q(removed_at=None), name="tier_rank_once")
        ]

    def __str__(self) -> str:
        return self.name


# What stands for each customer has no foreign key constraints in the database, for the reason given in
# commerce/models/order.py. One evaluation at a time writes it (`engine.py`).


class TierMember(models.Model):
    """What one customer holds in one programme."""

    programme = models.ForeignKey(
        TierProgramme, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    customer_id = models.BigIntegerField()
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    tier = models.ForeignKey(
        Tier, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    """The one that holds: earned, or set by hand when that is higher. Null for one who has lost all."""
    earned_tier = models.ForeignKey(
        Tier, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    """The one that orders gave, days of grace included."""
    since = models.DateTimeField()
    """When ``tier`` came."""
    falls_on = models.DateField(null=True)
    """Day on which ``earned_tier`` is lowered unless its conditions are met again before."""
    loses_on = models.DateField(null=True)
    """Day on which ``tier`` is lowered as things stand."""
    warned_for = models.DateField(null=True)
    """The ``loses_on`` that the last warning named."""
    spare = models.BooleanField(default=False)
    """Came by a merge to a customer who has a row of their own, which counts."""
    changed_xact = ChangeMark()

    class Meta:
        constraints = [
            models.UniqueConstraint("programme", Coalesce("origin_customer_id", "customer_id"), name="tier_member_once")
        ]
        indexes = [
            models.Index(fields=["customer_id", "programme"], name="tier_member_customer"),
            models.Index(fields=["tier", "-since"], name="tier_member_tier"),
            models.Index(
                fields=["programme", "loses_on"], name="tier_member_loses", condition=Q(loses_on__isnull=False)
            ),
            models.Index(fields=["customer_id"], name="tier_member_spare", condition=Q(spare=True)),
        ]

    def __str__(self) -> str:
        return f"customer {self.customer_id} in programme {self.programme_id}"


class TierGrant(models.Model):
    """A tier set by hand: nobody falls below it until its last day is over."""

    programme = models.ForeignKey(TierProgramme, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer_id = models.BigIntegerField()
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+", db_index=False)
    until = models.DateField()
    """The last day on which it holds, in the merchant's calendar."""
    note = models.CharField(max_length=200)
    """Why, in the words of who set it."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """When someone ended it before its day, or another took its place."""

    class Meta:
        indexes = [
            models.Index(fields=["customer_id", "programme"], name="tier_grant_customer"),
            models.Index(fields=["programme", "until"], name="tier_grant_live", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.tier} for customer {self.customer_id} until {self.until}"


class TierChange(models.Model):
    """One change of one customer's tier, with what it was decided on. Never changed afterwards."""

    programme = models.ForeignKey(
        TierProgramme, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    customer_id = models.BigIntegerField()
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    from_tier = models.ForeignKey(
        Tier, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    to_tier = models.ForeignKey(
        Tier, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField()
    reason = models.CharField(max_length=12, choices=Reason)
    orders = models.IntegerField(default=0)
    spend = models.BigIntegerField(default=0)
    """With ``orders`` what the window held, in minor units of the merchant's currency of then."""
    points = models.BigIntegerField(default=0)
    """Earned in the window; 0 where no tier asked for them."""
    window_from = models.DateField()
    """First day of the window that was looked at."""
    note = models.CharField(max_length=200, default="", blank=True)
    """Of a change by hand: the words of who made it."""

    class Meta:
        indexes = [
            models.Index(fields=["customer_id", "-at"], name="tier_change_customer"),
            models.Index(fields=["programme", "-at", "-id"], name="tier_change_recent"),
        ]

    def __str__(self) -> str:
        return f"customer {self.customer_id}: {self.from_tier_id} → {self.to_tier_id}"
