from django.db import models

from guanxi.core.fields import SealedField


class Identification(models.Model):
    """Someone said who they are; waits, sealed, until the worker has matched it to a customer, and is deleted then."""

    site_id = models.BigIntegerField()
    visitor = models.UUIDField()
    """`Visitor.key`."""
    contact = SealedField()
    """JSON of `types.Contact`."""
    hashed = models.BooleanField(default=False)
    """Holds only hashes, which take a look at every customer; see identifying.py."""
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["hashed", "id"], name="visit_identification")]

    def __str__(self) -> str:
        return f"identification {self.pk}"
