from typing import ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guanxi.messaging.models import BodyKind
from guanxi.messaging.templating.compiling import Draft

CODE = {"rows": 24, "spellcheck": "false", "autocomplete": "off", "class": "gx-code"}


class TemplateForm(forms.Form):
    """The editor's fields. ``draft`` reads what is there even when the form is not valid, for the preview."""

    DRAFT: ClassVar[tuple[str, ...]] = (
        "kind",
        "subject",
        "preheader",
        "source",
        "text_source",
        "purpose",
        "language",
    )

    name = forms.CharField(label=_("Name"), max_length=120)
    subject = forms.CharField(label=_("Subject"), max_length=300)
    preheader = forms.CharField(
        label=_("Preview line"),
        max_length=300,
        required=False,
        help_text=_("What mail programs show behind the subject."),
    )
    purpose = forms.ChoiceField(
        label=_("Purpose"), choices=[("marketing", _("Marketing: needs consent")), ("service", _("Service"))]
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    kind = forms.ChoiceField(label=_("Body"), choices=BodyKind.choices)
    source = forms.CharField(label=_("Source"), widget=forms.Textarea(attrs=CODE), max_length=500_000, strip=False)
    text_source = forms.CharField(
        label=_("Plain text"),
        required=False,
        widget=forms.Textarea(attrs={**CODE, "rows": 6}),
        max_length=200_000,
        strip=False,
        help_text=_("Empty derives it from the source."),
    )
    part = forms.CharField(required=False, widget=forms.HiddenInput)

    def draft(self) -> Draft:
        values = getattr(self, "cleaned_data", {})
        return Draft(
            kind=values.get("kind") or BodyKind.MJML,
            subject=values.get("subject", ""),
            preheader=values.get("preheader", ""),
            source=values.get("source", ""),
            text_source=values.get("text_source", "") if values.get("text_source", "").strip() else "",
            purpose=values.get("purpose") or "marketing",
            language=values.get("language") or "en",
        )
