from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce

from guanxi.core.fields import SealedField
from guanxi.customers.models.customer import Customer
from guanxi.customers.types import IdentifierKind


class Identifier(models.Model):
    """A value that tells one customer: found by a keyed hash that includes its kind and, where it has one, its shop."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identifiers", db_constraint=False)
    """Without a constraint in the database, for the speed of imports: `resolve` writes both in one transaction."""
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in IdentifierKind])
    shop_id = models.BigIntegerField(default=0)
    """The shop within which the value means something; 0 for kinds that mean the same everywhere."""
    within = models.CharField(max_length=60, default="", blank=True)
    """The app or programme within which it does, for kinds that have one."""
    digest = models.UUIDField(unique=True)
    search_hash = models.BigIntegerField(null=True)
    """Keyed hash of what people search by: a phone's last four digits, an account whatever its shop; see `finder`."""
    value = SealedField()
    names_seen = ArrayField(models.BigIntegerField(), default=list)
    """Keyed hashes of the different names a phone or e-mail came with, a handful at most; see resolution.py."""
    accounts_seen = ArrayField(models.BigIntegerField(), default=list)
    """The same of the accounts it came with."""
    source = models.CharField(max_length=60, default="")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    """To the day: a source that shows it again within one changes nothing."""
    valid_until = models.DateTimeField(null=True)
    """When it ends to say who somebody is, for kinds that pass; see passing.py."""
    verified_at = models.DateTimeField(null=True)
    """When a source or a person here first said that it was checked to be theirs."""

    class Meta:
        indexes = [
            models.Index(
                fields=["valid_until"], name="identifier_passing", condition=models.Q(valid_until__isnull=False)
            ),
            models.Index(
                fields=["search_hash"], name="identifier_search", condition=models.Q(search_hash__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of customer {self.customer_id}"


class Hint(models.Model):
    """A browser or device that a customer was seen with. Others may have been too, so it only helps to suggest pairs.

    Nothing but a keyed hash is kept of it.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    kind = models.CharField(max_length=20)
    within = models.CharField(max_length=60, default="", blank=True)
    digest = models.UUIDField()
    source = models.CharField(max_length=60, default="")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("digest", Coalesce("origin_customer_id", "customer_id"), name="hint_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of customer {self.customer_id}"


class SharedIdentifier(models.Model):
    """An identifier set aside because it ties unlike people together (a shop's own phone, a forwarder's e-mail)."""

    kind = models.CharField(max_length=20)
    shop_id = models.BigIntegerField(default=0)
    within = models.CharField(max_length=60, default="", blank=True)
    digest = models.UUIDField(unique=True)
    search_hash = models.BigIntegerField(null=True)
    value = SealedField()
    customer_ids = ArrayField(models.BigIntegerField(), default=list)
    """The customers it was tied to; the first held it and gets it back when it is restored."""
    people_seen = models.IntegerField(default=0)
    """How many unlike people had come with it when it was set aside."""
    set_aside_at = models.DateTimeField()
    restored_at = models.DateTimeField(null=True)
    """When someone made it a key again; it is then never set aside by itself."""

    def __str__(self) -> str:
        return f"shared {self.kind}"
