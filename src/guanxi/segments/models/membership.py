from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from guanxi.core.changes import ChangeMark
from guanxi.segments.models.segment import Segment


class Membership(models.Model):
    """One stay of one customer in one segment. Whoever leaves and comes back has two."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")
    customer_id = models.BigIntegerField()
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    changed_xact = ChangeMark()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "segment",
                Coalesce("origin_customer_id", "customer_id"),
                condition=Q(left_at__isnull=True),
                name="membership_once",
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id", "segment"], name="membership_customer"),
            models.Index(fields=["segment", "-entered_at"], name="membership_entered"),
            models.Index(fields=["segment", "-left_at"], name="membership_left", condition=Q(left_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"customer {self.customer_id} in segment {self.segment_id}"


class SegmentCount(models.Model):
    """How many members a segment had after one refresh, and how many came and went in it."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    count = models.BigIntegerField()
    entered = models.BigIntegerField()
    left = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["segment", "-at"], name="segment_count_recent")]

    def __str__(self) -> str:
        return f"{self.count} in segment {self.segment_id}"
