from django.contrib.postgres.fields import ArrayField
from django.db import models

from guanxi.core.changes import ChangeMark
from guanxi.messaging.models.template import TemplateVersion
from guanxi.messaging.types import MessageState, Reason


class Message(models.Model):
    """One message to one customer: what, when and how it went. Neither address nor words are kept here."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.BigIntegerField()
    """customers.Customer"""
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    channel = models.CharField(max_length=12)
    purpose = models.CharField(max_length=12)
    source_kind = models.CharField(max_length=20)
    source_id = models.BigIntegerField()
    variant_id = models.BigIntegerField(null=True)
    template_version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    idempotency_key = models.CharField(max_length=120)
    track = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.QUEUED)
    reason = models.CharField(max_length=20, choices=Reason, default="", blank=True)
    reply_code = models.CharField(max_length=16, default="", blank=True)
    """Code of the receiving server's last answer, as ``550 5.1.1``; never its words, which may name people."""
    attempts = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField()
    created_at = models.DateTimeField()
    claimed_by = models.UUIDField(null=True)
    """The sending run that holds it; the run's journal has the same name."""
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)
    links_clicked = ArrayField(models.SmallIntegerField(), default=list)
    changed_xact = ChangeMark()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idempotency_key"], name="message_once")]
        indexes = [
            models.Index(fields=["customer_id", "-id"], name="message_customer"),
            models.Index(fields=["source_kind", "source_id", "-id"], name="message_source"),
            models.Index(
                fields=["source_kind", "source_id", "not_before", "id"],
                name="message_due",
                condition=models.Q(state="queued"),
            ),
            models.Index(fields=["claimed_by"], name="message_claimed", condition=models.Q(state="sending")),
            models.Index(fields=["-id"], name="message_uncertain", condition=models.Q(state="uncertain")),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class PausedSource(models.Model):
    """A source whose waiting messages stay where they are until it is resumed."""

    source_kind = models.CharField(max_length=20)
    source_id = models.BigIntegerField()
    paused_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_kind", "source_id"], name="paused_source_once")]

    def __str__(self) -> str:
        return f"{self.source_kind} {self.source_id}"
