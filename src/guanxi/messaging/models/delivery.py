from django.conf import settings
from django.db import models

from guanxi.core.fields import SealedField
from guanxi.messaging.types import SuppressionReason


class Suppression(models.Model):
    """An address nobody writes to. Only its keyed hash is kept, so it outlives the customer who had it."""

    channel = models.CharField(max_length=12)
    digest = models.UUIDField()
    reason = models.CharField(max_length=20, choices=SuppressionReason)
    note = models.CharField(max_length=200, default="", blank=True)
    message_id = models.BigIntegerField(null=True)
    """The message that led to it."""
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "channel"], name="suppression_once")]
        indexes = [models.Index(fields=["-at", "-id"], name="suppression_recent")]

    def __str__(self) -> str:
        return f"{self.channel} {self.reason}"


class SoftBounces(models.Model):
    """How often messages to an address came back for passing reasons since it was last known to work."""

    channel = models.CharField(max_length=12)
    digest = models.UUIDField()
    count = models.SmallIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "channel"], name="soft_bounces_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.count}"


class OutboxMessage(models.Model):
    """A message as its receiver would see it, kept here because no server is set. Encrypted as a whole."""

    message_id = models.BigIntegerField(primary_key=True)
    content = SealedField()
    """The message in wire form, compressed and in base64."""
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at", "-message_id"], name="outbox_recent")]

    def __str__(self) -> str:
        return f"outbox message {self.message_id}"
