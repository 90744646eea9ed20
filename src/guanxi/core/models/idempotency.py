from django.db import models

from guanxi.core.models.accounts import ApiToken


class IdempotentRequest(models.Model):
    """A write that a client marked with an Idempotency-Key, and what it was answered."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.BinaryField(max_length=32)
    """SHA-256 of method, path and body: the same key with another request is a mistake."""
    status = models.IntegerField(null=True)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="idempotent_request_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_request_age")]

    def __str__(self) -> str:
        return self.key
