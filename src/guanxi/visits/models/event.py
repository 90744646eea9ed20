from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from guanxi.core.models.events import CurrentTransaction


class VisitEvent(models.Model):
    """One thing a visitor did on a website, as it came in. Goes after the days that Settings keep it; see docs/adr.

    Its key is (xact, id) for the reason that core's events have: sessions are folded from it behind a cursor.
    """

    pk = models.CompositePrimaryKey("xact", "id")
    xact = models.BigIntegerField(db_default=CurrentTransaction())
    id = models.BigIntegerField()
    site_id = models.BigIntegerField()
    event_id = models.UUIDField()
    visitor = models.UUIDField()
    """`Visitor.key`."""
    kind = models.CharField(max_length=8)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    path = models.CharField(max_length=200)
    product = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    category = models.CharField(max_length=80)
    term = models.CharField(max_length=100)
    source = models.CharField(max_length=80)
    medium = models.CharField(max_length=16)
    campaign = models.CharField(max_length=80)
    device = models.CharField(max_length=8)
    browser = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "site_id"], name="visit_event_once")]
        indexes = [
            models.Index(fields=["visitor", "occurred_at"], name="visit_event_visitor"),
            BrinIndex(fields=["received_at"], name="visit_event_received", pages_per_range=32),
        ]

    def __str__(self) -> str:
        return self.kind
