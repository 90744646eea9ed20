from django.db import models
from django.db.models.functions import Coalesce

from guanxi.customers.models.customer import Customer
from guanxi.customers.parties.kinds import RelationKind


class Relation(models.Model):
    """What one customer is to another: a contact of a company, a company under its parent, a member of a household."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    to = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    to_origin_id = models.BigIntegerField(null=True)
    """The same of the other end; see parties/relations.py."""
    kind = models.CharField(max_length=12, choices=RelationKind.choices)
    title = models.CharField(max_length=120, default="", blank=True)
    """Job title of a contact."""
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Coalesce("origin_customer_id", "customer_id"),
                Coalesce("to_origin_id", "to_id"),
                "kind",
                name="customer_relation_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind} {self.to_id}"


class CompanyKey(models.Model):
    """A keyed hash of a company's name, by which an import finds the company again."""

    digest = models.UUIDField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""

    def __str__(self) -> str:
        return f"key of company {self.customer_id}"
