from django.db import models
from django.db.models.functions import Coalesce

from guanxi.core.changes import ChangeMark
from guanxi.customers.models.customer import Customer


class Tag(models.Model):
    """A label people put on customers."""

    name = models.CharField(max_length=60, unique=True)
    colour = models.CharField(max_length=12, default="blue")
    deleted_at = models.DateTimeField(null=True)
    """Nobody has it and no list shows it; it comes back when someone is tagged with its name."""

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CustomerTag(models.Model):
    """One customer's tag; a tag taken off stays with ``removed_at`` set, so that readers of changes see it go."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="customer_tags")
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    by_rule = models.BigIntegerField(null=True)
    """The rule that put it on, and perhaps took it off again; null where hands or a source did either last."""
    changed_xact = ChangeMark()

    class Meta:
        constraints = [
            models.UniqueConstraint(Coalesce("origin_customer_id", "customer_id"), "tag", name="customer_tag_once")
        ]
        indexes = [
            models.Index(fields=["by_rule"], name="customer_tag_by_rule", condition=models.Q(by_rule__isnull=False))
        ]

    def __str__(self) -> str:
        return f"tag {self.tag_id} of customer {self.customer_id}"
