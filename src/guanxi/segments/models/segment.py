from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SegmentKind(models.TextChoices):
    DYNAMIC = "dynamic", _("By conditions")
    STATIC = "static", _("A fixed list")


class Segment(models.Model):
    """A named set of customers: those who meet a definition, or those of a list that someone brought."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.CharField(_("description"), max_length=500, blank=True)
    kind = models.CharField(max_length=8, choices=SegmentKind, default=SegmentKind.DYNAMIC)
    definition = models.JSONField(default=dict, blank=True)
    """See guanxi.segments.definition; empty for a fixed list."""
    count = models.BigIntegerField(null=True)
    """Members at the last refresh; null before the first."""
    counted_at = models.DateTimeField(null=True)
    warehouse_version = models.CharField(max_length=80, default="", blank=True)
    """The warehouse snapshot that ``count`` was taken from."""
    definition_changed_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["archived_at", "-updated_at"], name="segment_recent")]

    def __str__(self) -> str:
        return self.name
