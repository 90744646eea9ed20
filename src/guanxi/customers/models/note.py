from django.conf import settings
from django.db import models

from guanxi.core.fields import SealedField
from guanxi.customers.models.customer import Customer


class Note(models.Model):
    """What one of the staff wrote about a customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    text = SealedField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "-written_at", "-id"], name="note_newest")]

    def __str__(self) -> str:
        return f"note {self.pk} on customer {self.customer_id}"


class CustomerFile(models.Model):
    """A file on a customer. What is in it stands apart, so that lists do not read it."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    name = SealedField()
    key = SealedField()
    """The file's own key, so that a rotation of the data keys seals 32 bytes anew and not 20 MB."""
    size = models.BigIntegerField()
    """Bytes, as they were given."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["customer", "-added_at", "-id"], name="customer_file_newest")]

    def __str__(self) -> str:
        return f"file {self.pk} on customer {self.customer_id}"


class FileContent(models.Model):
    """What is in a file, encrypted with the file's key. In the database and not in a folder: it is written, erased and
    backed up in one step with everything else, and every web server has it."""

    file = models.OneToOneField(CustomerFile, on_delete=models.CASCADE, primary_key=True, related_name="content")
    encrypted = models.BinaryField()

    def __str__(self) -> str:
        return f"content of file {self.file_id}"
