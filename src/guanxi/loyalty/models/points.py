"""Tables of points: programmes with their rules, lots, the ledger, what is set aside for tills, and changes by hand.

Customers are plain numbers, so that merging can re-point them. ``origin_customer_id`` says who earned the points; the
entries of a lot always have the lot's, so that a lot and its entries can be given back together.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest

from guanxi.core.changes import ChangeMark
from guanxi.loyalty.points.types import (
    AdjustmentState,
    EntryKind,
    Expiry,
    LotKind,
    ReservationState,
    RuleKind,
    Shortfall,
)


class PointsProgramme(models.Model):
    """How points are earned and spent. The default one is for every shop that no other names."""

    name = models.CharField(max_length=80, unique=True)
    is_default = models.BooleanField(default=False)
    active = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    return_days = models.PositiveSmallIntegerField(default=7)
    expiry = models.CharField(max_length=10, choices=Expiry.choices, default=Expiry.ROLLING)
    expiry_months = models.PositiveSmallIntegerField(default=12)
    notice_days = models.PositiveSmallIntegerField(default=30)
    shortfall = models.CharField(
        max_length=10,
        choices=Shortfall.choices,
        default=Shortfall.DEBT,
    )
    adjust_limit = models.PositiveIntegerField(default=500)
    spend_points = models.PositiveIntegerField(default=100)
    spend_amount = models.PositiveBigIntegerField(default=100)
    """Minor units of the merchant's currency that ``spend_points`` points take off an order."""
    spend_minimum = models.PositiveIntegerField(default=100)
    spend_share = models.PositiveSmallIntegerField(default=50)
    hold_minutes = models.PositiveSmallIntegerField(default=15)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(spend_points__gt=0, spend_share__lte=100), name="points_worth_something"
            ),
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="points_one_default"),
        ]

    def __str__(self) -> str:
        return self.name


class ProgrammeShop(models.Model):
    """A shop with a programme that is not the one for all shops."""

    programme = models.ForeignKey(PointsProgramme, on_delete=models.CASCADE, related_name="shops")
    shop_id = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return f"shop {self.shop_id} of programme {self.programme_id}"


class PointsRule(models.Model):
    """One way of earning. Of the rules per amount the most particular one holds: product, then category, then shop,
    then the one with dates."""

    programme = models.ForeignKey(PointsProgramme, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=10, choices=RuleKind.choices)
    points = models.PositiveIntegerField()
    per_amount = models.PositiveBigIntegerField(default=0)
    """Minor units of the merchant's currency; 0 for rules of other kinds."""
    shop_id = models.BigIntegerField(null=True)
    category = models.CharField(max_length=80, default="", blank=True)
    product_id = models.BigIntegerField(null=True)
    valid_from = models.DateTimeField(null=True)
    """The first moment for which it holds: of an order, that of payment."""
    valid_until = models.DateTimeField(null=True)
    """The first moment for which it no longer holds."""
    cap = models.PositiveIntegerField(null=True)
    """Of rules for reviews: points that one customer gets at most within 30 days."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind="amount", per_amount__gt=0) | ~Q(kind="amount"), name="points_per"),
            models.UniqueConstraint(
                fields=["programme", "kind", "shop_id", "category", "product_id", "valid_from"],
                nulls_distinct=False,
                name="points_rule_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points} points by {self.kind}"


class PointsAccount(models.Model):
    """Holds nothing: whoever takes from a customer's lots first locks the row of this customer in the programme."""

    pk = models.CompositePrimaryKey("programme_id", "customer_id")
    programme = models.ForeignKey(PointsProgramme, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"points of customer {self.customer_id}"


class PointsLot(models.Model):
    """Points earned at once, which become valid and expire at once; or, below zero, a debt that later lots settle.

    ``remaining`` is the sum of the lot's entries. Only ``remaining``, ``held``, ``reversed`` and ``noticed_at`` change.
    """

    programme = models.ForeignKey(
        PointsProgramme, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer_id = models.BigIntegerField()
    origin_customer_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=LotKind.choices)
    order_id = models.BigIntegerField(null=True)
    points = models.BigIntegerField()
    remaining = models.BigIntegerField()
    held = models.BigIntegerField(default=0)
    """Set aside for tills."""
    reversed = models.BigIntegerField(default=0)
    """Points of the order that refunds called back, from this lot or another."""
    multiplier = models.DecimalField(max_digits=8, decimal_places=3, default=1)
    amount = models.BigIntegerField(default=0)
    """Of the order, in minor units of the merchant's currency, for which there were points."""
    earned_at = models.DateTimeField()
    valid_from = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    noticed_at = models.DateTimeField(null=True)
    changed_xact = ChangeMark()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_id"], condition=Q(kind="order"), name="points_lot_order"),
            models.CheckConstraint(
                condition=Q(held__gte=0, held__lte=Greatest(F("remaining"), 0))
                & (Q(remaining__gte=0) | Q(kind="debt")),
                name="points_lot_never_overspent",
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id", "programme"], condition=~Q(remaining=0), name="points_lot_open"),
            models.Index(fields=["expires_at"], condition=Q(remaining__gt=0), name="points_lot_expiry"),
            models.Index(fields=["customer_id"], condition=Q(remaining__lt=0), name="points_lot_debt"),
            models.Index(fields=["customer_id", "earned_at"], name="points_lot_earned"),
        ]

    def __str__(self) -> str:
        return f"lot of {self.points} points"


class PointsEntry(models.Model):
    """One line of the ledger: so many points more or fewer in one lot, and why. Written once."""

    programme = models.ForeignKey(
        PointsProgramme, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer_id = models.BigIntegerField()
    origin_customer_id = models.BigIntegerField()
    lot = models.ForeignKey(PointsLot, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    key = models.CharField(max_length=120)
    """The same thing can happen only once."""
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    points = models.BigIntegerField()
    at = models.DateTimeField()
    order_id = models.BigIntegerField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=300, default="", blank=True)
    """What a person wrote; the rest is said by ``kind``, the lot and ``detail``."""
    detail = models.JSONField(default=dict)

    class Meta:
        # Not unique=True: for a text that also makes an index for LIKE, which nobody asks and every entry pays for.
        constraints = [models.UniqueConstraint(fields=["key"], name="points_entry_once")]
        indexes = [
            models.Index(fields=["customer_id", "-at", "-id"], name="points_entry_customer"),
            models.Index(fields=["-at", "-id"], name="points_entry_recent"),
            models.Index(fields=["kind", "-at", "-id"], condition=~Q(kind="earn"), name="points_entry_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+} points"


class PointsReservation(models.Model):
    """Points that a till or shop has set aside, and what became of them.

    It goes with whom it was made for through merges and back. One made for two who are one, of points of both, ends
    when they are told apart before it is committed: the till asks anew (`spending.release_parted`).
    """

    programme = models.ForeignKey(PointsProgramme, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer_id = models.BigIntegerField(db_index=True)
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    shop_id = models.BigIntegerField()
    reference = models.CharField(max_length=100)
    """The till's own name for it."""
    points = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=ReservationState.choices, default=ReservationState.HELD)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop_id", "reference"], name="points_reservation_once")]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="held"), name="points_reservation_open")]

    def __str__(self) -> str:
        return f"{self.points} points {self.state}"


class PointsHold(models.Model):
    """The part of a lot that a reservation has set aside."""

    pk = models.CompositePrimaryKey("reservation_id", "lot_id")
    reservation = models.ForeignKey(PointsReservation, on_delete=models.CASCADE, related_name="holds", db_index=False)
    lot = models.ForeignKey(PointsLot, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    points = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.points} points of lot {self.lot_id}"


class PointsReview(models.Model):
    """A review that a shop or till reported, and what it brought. Each once, and one for each line of an order."""

    programme = models.ForeignKey(PointsProgramme, on_delete=models.PROTECT, related_name="+", db_index=False)
    shop_id = models.BigIntegerField()
    external_id = models.CharField(max_length=100)
    """The shop's own name for it."""
    customer_id = models.BigIntegerField()
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    order_number = models.CharField(max_length=100, default="", blank=True)
    product = models.CharField(max_length=100)
    points = models.PositiveBigIntegerField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "external_id"], name="points_review_once"),
            models.UniqueConstraint(
                "shop_id",
                "order_number",
                "product",
                Coalesce("origin_customer_id", "customer_id"),
                name="points_review_line_once",
            ),
        ]
        indexes = [models.Index(fields=["customer_id", "-written_at"], name="points_review_customer")]

    def __str__(self) -> str:
        return f"review {self.external_id} of shop {self.shop_id}"


class PointsAdjustment(models.Model):
    """Points that a person gives or takes, with a reason; above the programme's limit a second person decides."""

    programme = models.ForeignKey(PointsProgramme, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer_id = models.BigIntegerField()
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    points = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    reference = models.CharField(max_length=100, default="", blank=True)
    """What another system calls it, so that it asks only once."""
    state = models.CharField(max_length=10, choices=AdjustmentState.choices)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference"], condition=~Q(reference=""), name="points_adjustment_once")
        ]
        indexes = [
            models.Index(fields=["customer_id", "-requested_at"], name="points_adjustment_customer"),
            models.Index(fields=["state", "-requested_at", "-id"], name="points_adjustment_state"),
            models.Index(fields=["-requested_at", "-id"], name="points_adjustment_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+} points by hand"
