from django.conf import settings
from django.db import models

from guanxi.segments.models.segment import Segment


class TagRule(models.Model):
    """A tag that the members of a segment have for as long as they are in it."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")
    tag_id = models.BigIntegerField(unique=True)
    """Of the customers room. A tag follows one segment at most."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"tag {self.tag_id} for segment {self.segment_id}"
