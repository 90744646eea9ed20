"""Tables of coupons: the rule, the pieces of it that people hold or print, and the ledger of its use."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.core.changes import ChangeMark


class CouponState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("In use")
    PAUSED = "paused", _("Paused")
    ARCHIVED = "archived", _("Archived")


class CodeStyle(models.TextChoices):
    SHARED = "shared", _("One code for everybody")
    UNIQUE = "unique", _("A code of its own for each")


class GiveBack(models.TextChoices):
    FULL = "full", _("when all of the order is cancelled or refunded")
    ANY = "any", _("as soon as anything of the order is refunded")
    NEVER = "never", _("never")


class Coupon(models.Model):
    """A rule that takes something off, gives something or saves something. Money in minor units of its currency."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    """See guanxi.loyalty.coupons.kinds."""
    params = models.JSONField(default=dict)
    """What the kind needs to know."""
    conditions = models.JSONField(default=dict)
    """See guanxi.loyalty.coupons.conditions."""
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=CouponState, default=CouponState.DRAFT)
    code_style = models.CharField(max_length=8, choices=CodeStyle, default=CodeStyle.SHARED)
    shared_code = models.CharField(max_length=24, null=True, db_collation="C")  # noqa: DJ001 (unique where there is one)
    """Of a coupon with one code; normalised, see codes.py."""
    prefix = models.CharField(max_length=8, default="", blank=True)
    """What every code of its own begins with."""
    holders_only = models.BooleanField(default=False)
    """A shared code works only for customers it was given to."""
    exclusive = models.BooleanField(default=False)
    """Goes with no other coupon."""
    stack_group = models.CharField(max_length=40, default="", blank=True)
    """Of coupons with the same group only one can be used on a basket; empty: goes with all that are not exclusive."""
    limit_total = models.BigIntegerField(null=True)
    limit_per_customer = models.IntegerField(null=True)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    """The first moment at which it no longer holds."""
    valid_days = models.IntegerField(null=True)
    """A piece given to a customer holds this many days."""
    give_back = models.CharField(max_length=5, choices=GiveBack, default=GiveBack.FULL)
    uses = models.BigIntegerField(default=0)
    """Redemptions less those given back: what ``limit_total`` bounds. Always the sum of the ledger."""
    issued = models.BigIntegerField(default=0)
    """Pieces given to customers."""
    codes = models.BigIntegerField(default=0)
    """Codes of its own that were made, those given to customers included."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    changed_xact = ChangeMark()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shared_code"], name="coupon_code_once"),
            models.CheckConstraint(
                condition=Q(uses__gte=0) & (Q(limit_total__isnull=True) | Q(uses__lte=models.F("limit_total"))),
                name="coupon_within_limit",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="coupon_recent"),
            models.Index(fields=["state", "-created_at"], name="coupon_state"),
        ]

    def __str__(self) -> str:
        return self.name


class CouponBatch(models.Model):
    """One making of codes, or one giving of a coupon to many customers."""

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=120, default="", blank=True)
    """Whom it was given to, as the name of a segment; empty for codes to print or send by other ways."""
    segment_id = models.BigIntegerField(null=True)
    wanted = models.BigIntegerField(null=True)
    """Codes asked for; null where a segment decides."""
    made = models.BigIntegerField(default=0)
    job_id = models.BigIntegerField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["coupon", "-created_at"], name="coupon_batch_recent")]

    def __str__(self) -> str:
        return f"{self.made} of coupon {self.coupon_id}"


class IssuedCoupon(models.Model):
    """One piece of a coupon: a code of its own, or a customer's hold on it, or both. Good for one use.

    Without foreign keys in the database and with few indexes, because a million are made at a time.
    """

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    batch = models.ForeignKey(
        CouponBatch, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    code = models.CharField(max_length=24, null=True, db_collation="C")  # noqa: DJ001 (unique where there is one)
    customer_id = models.BigIntegerField(null=True)
    """Who holds it now; null for a code to print."""
    origin_customer_id = models.BigIntegerField(null=True)
    """Whom it was given to, before any merging."""
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    changed_xact = ChangeMark(db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="issued_coupon_code_once")]
        indexes = [
            models.Index(fields=["coupon", "-id"], name="issued_coupon_recent"),
            models.Index(
                fields=["customer_id", "coupon"],
                name="issued_coupon_customer",
                condition=Q(customer_id__isnull=False),
            ),
            models.Index(fields=["changed_xact"], name="issued_coupon_changed", condition=Q(customer_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"piece {self.pk} of coupon {self.coupon_id}"


class CouponRedemption(models.Model):
    """The ledger: a use, or (with ``reverses``) a use given back, whose money is negative. Append-only.

    The database refuses every change but that of ``customer_id``, which merging re-points.
    """

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="+", db_index=False)
    issued = models.ForeignKey(IssuedCoupon, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    request_key = models.CharField(max_length=160)
    number = models.SmallIntegerField(default=1)
    """Of a coupon among those of one request."""
    digest = models.UUIDField()
    """Of the request, so that its key cannot be used for another."""
    customer_id = models.BigIntegerField(null=True)
    origin_customer_id = models.BigIntegerField(null=True)
    """Who used it, before any merging."""
    shop_id = models.BigIntegerField(null=True)
    order_number = models.CharField(max_length=100, default="", blank=True)
    """As the shop writes it."""
    currency = models.CharField(max_length=3)
    uses = models.SmallIntegerField()
    """1, or -1 when given back."""
    basket_total = models.BigIntegerField()
    discount = models.BigIntegerField()
    """Off the goods."""
    shipping_discount = models.BigIntegerField()
    lines = models.JSONField(default=list)
    """``[[key of the line, minor units off it], …]``"""
    gifts = models.JSONField(default=list)
    cash_back = models.BigIntegerField(default=0)
    """What comes back as points."""
    points = models.BigIntegerField(default=0)
    """As which it came."""
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, default="", blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_xact = ChangeMark()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request_key", "number"], name="coupon_redemption_once")]
        indexes = [
            models.Index(fields=["coupon", "-at", "-id"], name="coupon_redemption_recent"),
            models.Index(fields=["customer_id", "coupon"], name="coupon_redemption_customer"),
            models.Index(fields=["shop_id", "order_number"], name="coupon_redemption_order"),
            models.Index(fields=["issued"], name="coupon_redemption_issued"),
        ]

    def __str__(self) -> str:
        return f"{'use' if self.uses > 0 else 'return'} of coupon {self.coupon_id}"
