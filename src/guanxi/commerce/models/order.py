from django.contrib.postgres.fields import ArrayField
from django.db import models

from guanxi.commerce.models.shop import Product, Shop
from guanxi.commerce.types import OrderKind, OrderStatus
from guanxi.core.changes import ChangeMark


class Order(models.Model):
    """One order (or credit note) of one shop. Money in minor units of its own currency."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    external_id = models.CharField(max_length=100)
    customer_id = models.BigIntegerField(null=True)
    """customers.Customer; null for a guest. Kept true by record_orders, which makes both in one transaction."""
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    matched_by = models.CharField(max_length=40, default="", blank=True)
    """Why this customer: `Resolution.reason`."""
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in OrderKind])
    status = models.CharField(max_length=12, choices=[(status.value, status.value) for status in OrderStatus])
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    paid_total = models.BigIntegerField(default=0)
    refunded_total = models.BigIntegerField(default=0)
    discount_total = models.BigIntegerField(default=0)
    shipping_total = models.BigIntegerField(default=0)
    tax_total = models.BigIntegerField(default=0)
    discount_codes = ArrayField(models.CharField(max_length=80), default=list)
    country = models.CharField(max_length=60, default="", blank=True)
    region = models.CharField(max_length=60, default="", blank=True)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    source_updated_at = models.DateTimeField(null=True)
    content_digest = models.UUIDField()
    """Keyed hash of everything the source said but the lines; the same again changes nothing."""
    line_count = models.IntegerField(default=0)
    pieces = models.FloatField(db_default=0)
    """What the quantities of the lines add up to, so that nobody need read the lines for it."""
    lines_digest = models.UUIDField(null=True)
    """Keyed hash of the lines; null while no source has said any."""
    lines_detailed = models.BooleanField(default=False)
    """The lines came from a list of details; the summary line of an order list does not replace them."""
    announced = models.SmallIntegerField(default=0)
    """Bits of the events already in the log, so that each comes once in the life of an order; see milestones.py."""
    import_id = models.BigIntegerField(null=True)
    """The OrderImport that last wrote it."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    changed_xact = ChangeMark()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "external_id"], name="order_once")]
        indexes = [
            models.Index(fields=["customer_id", "-placed_at"], name="order_customer"),
            models.Index(fields=["-placed_at", "-id"], name="order_recent"),
            models.Index(fields=["import_id"], name="order_import"),
        ]

    def __str__(self) -> str:
        return self.external_id


# Orders and their parts have no foreign key constraints in the database: record_orders looks up what they point at and
# writes them in the same transaction. Checking each row again made the lines of an import seven times as slow
# (49 against 7 microseconds a line with two keys, medians of five).


class OrderLine(models.Model):
    pk = models.CompositePrimaryKey("order_id", "number")
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="lines", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    variant = models.CharField(max_length=120, default="", blank=True)
    quantity = models.FloatField()
    unit_price = models.BigIntegerField()
    discount = models.BigIntegerField(default=0)
    total = models.BigIntegerField()

    def __str__(self) -> str:
        return f"line {self.number} of order {self.order_id}"


class Payment(models.Model):
    pk = models.CompositePrimaryKey("order_id", "number")
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="payments", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    amount = models.BigIntegerField()
    method = models.CharField(max_length=60, default="", blank=True)
    external_id = models.CharField(max_length=100, default="", blank=True)
    paid_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"payment {self.number} of order {self.order_id}"


class Refund(models.Model):
    pk = models.CompositePrimaryKey("order_id", "number")
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="refunds", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=200, default="", blank=True)
    external_id = models.CharField(max_length=100, default="", blank=True)
    refunded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"refund {self.number} of order {self.order_id}"


class Shipment(models.Model):
    pk = models.CompositePrimaryKey("order_id", "number")
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="shipments", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    carrier = models.CharField(max_length=60, default="", blank=True)
    tracking_number = models.CharField(max_length=100, default="", blank=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"shipment {self.number} of order {self.order_id}"
