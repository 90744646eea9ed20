from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.core.fields import SealedField
from guanxi.customers.types import MergeKind


class SuggestionOutcome(models.TextChoices):
    OPEN = "", _("Open")
    MERGED = "merged", _("Merged")
    DISMISSED = "dismissed", _("Not the same")


class Merge(models.Model):
    """One time two customers were found to be one: an entry of the log of merges, which only ever gets undone."""

    kept_id = models.BigIntegerField()
    """Who stays; may have been merged into another since."""
    gone_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in MergeKind])
    reasons = models.JSONField(default=list)
    """Why, as `merging.words` tells it; never personal data."""
    certainty = models.FloatField(null=True)
    """Probability from 0 to 1 of a suggested merge."""
    choices = models.JSONField(default=dict)
    """Whose value a field of the profile has, ``kept`` or ``gone``, where someone said so. Else it is that of who
    stays, where there is one."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gone_id"], condition=models.Q(undone_at__isnull=True), name="merge_once"),
        ]
        indexes = [
            models.Index(fields=["kept_id"], name="merge_kept"),
            models.Index(fields=["-at", "-id"], name="merge_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


def _sealed(name: str) -> SealedField:
    return SealedField(sealed_as=f"customers_customer.{name}")


class OwnProfile(models.Model):
    """What the sources of one customer say of this one alone, for as long as a merge joins it with others.

    The customer's row then has what all of them say together. Columns as `profiles.WRITTEN`.
    """

    id = models.BigIntegerField(primary_key=True)
    """The customer."""
    name = _sealed("name")
    phone = _sealed("phone")
    email = _sealed("email")
    address = _sealed("address")
    birth_date = _sealed("birth_date")
    gender = models.CharField(max_length=6, default="")
    country = models.CharField(max_length=60, default="")
    region = models.CharField(max_length=60, default="")
    city = models.CharField(max_length=60, default="")
    division = models.CharField(max_length=6, default="")
    language = models.CharField(max_length=12, default="")
    name_tokens = ArrayField(models.BigIntegerField(), default=list)
    birth_year = models.SmallIntegerField(null=True)
    birth_month = models.SmallIntegerField(null=True)
    has_email = models.BooleanField(default=False)
    has_phone = models.BooleanField(default=False)
    profile_seen_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"own profile of customer {self.pk}"


class Suggestion(models.Model):
    """Two customers that may be one: an answer is wanted from a person. Each pair is suggested once."""

    low_id = models.BigIntegerField()
    high_id = models.BigIntegerField()
    """The two customers, the one with the lower number first."""
    reasons = models.JSONField(default=list)
    """As `Merge.reasons`."""
    certainty = models.FloatField(null=True)
    """Probability from 0 to 1, where a model gave one."""
    sure = models.BooleanField(default=False)
    """Certain enough to be accepted among many without a look at each; see matching/labels.py."""
    found_at = models.DateTimeField()
    outcome = models.CharField(
        max_length=10, choices=SuggestionOutcome.choices, default=SuggestionOutcome.OPEN, blank=True
    )
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["low_id", "high_id"], name="suggestion_once")]
        indexes = [
            models.Index(fields=["-certainty", "-id"], name="suggestion_open", condition=models.Q(outcome="")),
            models.Index(fields=["high_id"], name="suggestion_high"),
        ]

    def __str__(self) -> str:
        return f"{self.low_id} and {self.high_id}"
