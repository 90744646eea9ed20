from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.customers.types import Purpose


class BodyKind(models.TextChoices):
    MJML = "mjml", _("MJML (looks right in every mail program)")
    HTML = "html", _("HTML")
    TEXT = "text", _("Plain text")


class MessageTemplate(models.Model):
    """A message people write and reuse. What it says stands in its versions."""

    name = models.CharField(_("name"), max_length=120)
    channel = models.CharField(_("channel"), max_length=12, default="email")
    purpose = models.CharField(
        _("purpose"),
        max_length=12,
        choices=[(Purpose.MARKETING.value, _("Marketing")), (Purpose.SERVICE.value, _("Service"))],
        default=Purpose.MARKETING.value,
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def latest(self) -> "TemplateVersion":
        return self.versions.order_by("-number")[0]


class TemplateVersion(models.Model):
    """What a template said at one time. Once a message uses it, the database lets nobody change it."""

    template = models.ForeignKey(MessageTemplate, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(_("body"), max_length=4, choices=BodyKind, default=BodyKind.MJML)
    subject = models.CharField(_("subject"), max_length=300)
    preheader = models.CharField(_("preview line"), max_length=300, blank=True, default="")
    source = models.TextField(_("source"))
    text_source = models.TextField(_("plain text"), blank=True, default="")
    """Given by the author; empty derives it from the HTML."""
    html = models.TextField(default="", blank=True)
    """Compiled, with Liquid still in it."""
    text = models.TextField(default="", blank=True)
    links = ArrayField(models.TextField(), default=list)
    """Addresses whose clicks can be recorded, in the order of the HTML: the only ones the redirect knows."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_version_once")]

    def __str__(self) -> str:
        return f"{self.template_id}.{self.number}"

    @property
    def purpose(self) -> Any:
        return self.template.purpose
