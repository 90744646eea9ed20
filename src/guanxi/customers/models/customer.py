from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from guanxi.core.changes import ChangeMark
from guanxi.core.fields import SealedField
from guanxi.customers.parties.kinds import Party


class Customer(models.Model):
    """One person, company or household. Sealed columns are personal; the rest are derived facts."""

    name = SealedField()
    phone = SealedField()
    """Best known, E.164."""
    email = SealedField()
    address = SealedField()
    """Street, number and postcode as given."""
    birth_date = SealedField()
    """ISO 8601."""
    name_tokens = ArrayField(models.BigIntegerField(), default=list)
    """Keyed hashes of the parts of the name (words, Chinese characters and pairs, pinyin)."""

    party = models.CharField(max_length=10, choices=Party.choices, default=Party.PERSON, db_default=Party.PERSON.value)
    roles = ArrayField(models.CharField(max_length=20), default=list, db_default=[])
    """Members of `Role`; of who others were merged into, theirs too. None means consumer."""
    own_roles = ArrayField(models.CharField(max_length=20), default=list, db_default=[])
    """Those given to this customer alone, whatever was merged."""
    gender = models.CharField(max_length=6, default="", blank=True)
    birth_year = models.SmallIntegerField(null=True)
    birth_month = models.SmallIntegerField(null=True)
    country = models.CharField(max_length=60, default="", blank=True)
    region = models.CharField(max_length=60, default="", blank=True)
    city = models.CharField(max_length=60, default="", blank=True)
    division = models.CharField(max_length=6, default="", blank=True)
    """In China the smallest division that the address surely lies in, by its code: 2 digits a province, 4 a city, 6 a
    district; see chinese_addresses.py."""
    language = models.CharField(max_length=12, default="", blank=True)
    has_email = models.BooleanField(default=False)
    has_phone = models.BooleanField(default=False)
    source = models.CharField(max_length=60, default="")
    """Where the customer was first seen: a connector's name, ``form``, ``api``, ``list``."""
    first_shop_id = models.BigIntegerField(null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    """Who of the staff looks after them; see owners.py."""
    profile_seen_at = models.DateTimeField(null=True)
    """How new the contested profile fields are; an older source does not overwrite them."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    merged_into = models.BigIntegerField(null=True)
    """The customer who this one turned out to be; see merging/. What lists and messages mean is those without."""
    changed_xact = ChangeMark()

    class Meta:
        indexes = [
            models.Index(fields=["merged_into"], name="customer_merged", condition=models.Q(merged_into__isnull=False)),
            GinIndex(fields=["name_tokens"], name="customer_name_tokens"),
            GinIndex(fields=["roles"], name="customer_roles", condition=~models.Q(roles=[])),
            models.Index(fields=["party", "-id"], name="customer_party", condition=~models.Q(party=Party.PERSON.value)),
            models.Index(fields=["-created_at", "-id"], name="customer_recent"),
            models.Index(fields=["region", "-id"], name="customer_region"),
            models.Index(fields=["source", "-id"], name="customer_source"),
            models.Index(fields=["owner", "-id"], name="customer_owner", condition=models.Q(owner__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"customer {self.pk}"
