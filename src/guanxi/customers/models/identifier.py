from django.contrib.postgres.fields import ArrayField
from django.db import models

from guanxi.core.fields import SealedField
from guanxi.customers.models.customer import Customer
from guanxi.customers.types import IdentifierKind


class Identifier(models.Model):
    """A value that tells one customer: unique within its kind and scope, found by keyed hash."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in IdentifierKind])
    shop_id = models.BigIntegerField(default=0)
    """The shop within which the value means something; 0 for kinds that mean the same everywhere."""
    digest = models.UUIDField()
    last_four = models.BigIntegerField(null=True)
    """Keyed hash of the last four digits of a phone number."""
    value = SealedField()
    source = models.CharField(max_length=60, default="")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "kind", "shop_id"], name="identifier_unique"),
        ]
        indexes = [
            models.Index(
                fields=["last_four"], name="identifier_last_four", condition=models.Q(last_four__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of customer {self.customer_id}"


class SharedIdentifier(models.Model):
    """An identifier set aside because it ties unlike people together (a shop's own phone, a forwarder's e-mail)."""

    kind = models.CharField(max_length=20)
    shop_id = models.BigIntegerField(default=0)
    digest = models.UUIDField()
    value = SealedField()
    customer_ids = ArrayField(models.BigIntegerField(), default=list)
    people_seen = models.IntegerField(default=0)
    set_aside_at = models.DateTimeField()
    restored_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "kind", "shop_id"], name="shared_identifier_unique"),
        ]

    def __str__(self) -> str:
        return f"shared {self.kind}"
