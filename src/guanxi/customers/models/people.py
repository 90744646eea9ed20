from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.core.changes import ChangeMark
from guanxi.core.fields import SealedField
from guanxi.customers.models.customer import Customer
from guanxi.customers.parties.kinds import Role


class Occasion(models.TextChoices):
    FAIR = "fair", _("Trade fair")
    EVENT = "event", _("Event or seminar")
    FIELD = "field", _("Visits and meetings")
    ADDRESS_BOOK = "address_book", _("Address book")
    LIST = "list", _("List")
    OTHER = "other", _("Other")


class PeopleBatch(models.Model):
    """People who came together, from a fair or a list, in one file or several; kept forever."""

    name = models.CharField(max_length=120, unique=True)
    occasion = models.CharField(max_length=14, choices=Occasion.choices, default=Occasion.LIST)
    occurred_on = models.DateField()
    role = models.CharField(max_length=20, choices=Role.choices, default="", blank=True)
    """Given to all of them, and to their companies."""
    tags = ArrayField(models.CharField(max_length=60), default=list)
    consent_channels = ArrayField(models.CharField(max_length=12), default=list)
    """Channels on which all of them agreed to marketing; a card alone is no consent."""
    consent_how = models.CharField(max_length=200, default="", blank=True)
    country = models.CharField(max_length=2, default="CN")
    """For phone numbers without a country code."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    changed_xact = ChangeMark()

    class Meta:
        indexes = [models.Index(fields=["-occurred_on", "-id"], name="people_batch_recent")]

    def __str__(self) -> str:
        return self.name


class PeopleFile(models.Model):
    """One file of people given to a batch, and what came of it."""

    batch = models.ForeignKey(PeopleBatch, on_delete=models.PROTECT, related_name="files")
    reader = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    stored_path = models.CharField(max_length=300, default="", blank=True)
    """Relative to GUANXI_HOME/uploads; the file is removed when the import is done."""
    mapping = models.JSONField(default=dict, blank=True)
    """Field to column, for tables; empty means guess."""
    job_id = models.BigIntegerField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    portions = models.IntegerField(default=0)
    """How many are recorded; written with each, so that an import that was cut off counts nothing twice."""
    rows = models.BigIntegerField(default=0)
    customers_created = models.BigIntegerField(default=0)
    customers_matched = models.BigIntegerField(default=0)
    companies_created = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    seconds = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="people_file_recent")]

    def __str__(self) -> str:
        return self.file_name


class PeopleMember(models.Model):
    """One card or row of a batch, and the customer it is."""

    batch = models.ForeignKey(PeopleBatch, on_delete=models.PROTECT, related_name="members", db_index=False)
    file = models.ForeignKey(PeopleFile, null=True, on_delete=models.SET_NULL, related_name="+")
    """None when it came through the API."""
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    digest = models.UUIDField()
    """Keyed hash of everything the row says: the same row is in a batch once, and finds its customer again."""
    created = models.BooleanField()
    """The customer was not known before."""
    remark = SealedField()
    at = models.DateTimeField()
    changed_xact = ChangeMark()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "digest"], name="people_member_once")]
        indexes = [
            models.Index(fields=["digest"], name="people_member_digest"),
            models.Index(fields=["batch", "-id"], name="people_member_batch"),
        ]

    def __str__(self) -> str:
        return f"customer {self.customer_id} of batch {self.batch_id}"
