from django.db import models
from django.db.models.expressions import RawSQL


class CurrentTransaction(RawSQL):
    """The writing transaction's number; readers stop below the oldest one still running."""

    def __init__(self) -> None:
        super().__init__("(pg_current_xact_id()::text::bigint)", ())

    def deconstruct(self) -> tuple[str, tuple[object, ...], dict[str, object]]:
        return f"{type(self).__module__}.{type(self).__name__}", (), {}


class Event(models.Model):
    """One thing that happened to a customer. Append-only; see guanxi.core.events.

    Its key is (xact, id): a number alone would not do for a cursor, because numbers are taken before commit and a
    row can appear behind a reader that has already passed it.
    """

    pk = models.CompositePrimaryKey("xact", "id")
    xact = models.BigIntegerField(db_default=CurrentTransaction())
    id = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    customer_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(
                fields=["customer_id", "-occurred_at"],
                name="event_customer",
                condition=models.Q(customer_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class EventCursor(models.Model):
    """How far one reader has come: everything up to and with (xact, id) is handled."""

    reader = models.CharField(max_length=80, primary_key=True)
    xact = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    retry_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.reader
