from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Site(models.Model):
    """A website of the merchant whose pages send what visitors do."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    key = models.CharField(max_length=24, unique=True)
    """Public: it stands in the pages of the shop. What keeps others out is the list of origins."""
    origins = ArrayField(models.CharField(max_length=200))
    """Where its pages are, as browsers say it: ``https://shop.example``."""
    takes_forms = models.BooleanField(_("Contacts from forms make customers"), default=True)
    events_per_minute = models.PositiveIntegerField(_("Most events a minute"), default=60_000)
    active = models.BooleanField(_("Events are taken"), default=True)
    created_at = models.DateTimeField()
    last_event_at = models.DateTimeField(null=True)
    events = models.BigIntegerField(default=0)
    """Taken so far, without bots."""
    refused_origin = models.CharField(max_length=200, default="", blank=True)
    """The last page that sent something and is not among the origins; tells a merchant what is missing."""
    refused_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
