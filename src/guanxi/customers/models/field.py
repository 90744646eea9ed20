from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from guanxi.core.changes import ChangeMark
from guanxi.core.fields import SealedField
from guanxi.customers.models.customer import Customer


class CustomField(models.Model):
    """Something the merchant wants to know of customers, beyond the profile. Never deleted: archiving hides it."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    """How templates, imports and the API call it; never changes."""
    label = models.CharField(_("label"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10)
    """A member of ``fields.kinds.KINDS``; never changes."""
    help_text = models.CharField(_("help"), max_length=200, default="", blank=True)
    personal = models.BooleanField(_("personal"), default=False)
    """Sealed, masked, and in the warehouse only as filled or not; never changes."""
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label


class FieldChoice(models.Model):
    """One of the answers to a field of choices."""

    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="choices")
    label = models.CharField(max_length=80)
    position = models.IntegerField(default=0)
    dropped_at = models.DateTimeField(null=True)
    """Given up while customers had it: they keep it, nobody gets it any more."""

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["field", "label"], name="field_choice_once")]

    def __str__(self) -> str:
        return self.label


class FieldValue(models.Model):
    """What one customer's field says, in the column of its kind. An emptied one stays, so that readers of changes see
    it go."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="+")
    filled = models.BooleanField()
    spare = models.BooleanField(default=False)
    """Does not count now, because another of several merged customers says more; see `writing.settle`."""
    text = models.CharField(max_length=500, default="", blank=True)
    sealed = SealedField()
    number = models.DecimalField(max_digits=21, decimal_places=6, null=True)
    day = models.DateField(null=True)
    flag = models.BooleanField(null=True)
    choice = models.ForeignKey(FieldChoice, on_delete=models.RESTRICT, null=True, related_name="+")
    set_at = models.DateTimeField()
    source = models.CharField(max_length=60)
    """Who said so: ``form``, ``api``, ``import``, a connector's name."""
    changed_xact = ChangeMark()

    class Meta:
        constraints = [
            models.UniqueConstraint(Coalesce("origin_customer_id", "customer_id"), "field", name="field_value_once")
        ]

    def __str__(self) -> str:
        return f"field {self.field_id} of customer {self.customer_id}"
