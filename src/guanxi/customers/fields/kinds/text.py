from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core import bulk
from guanxi.customers.fields.kinds.base import BadValue, FieldKind
from guanxi.customers.fields.types import Definition

LONGEST = 500


class Text(FieldKind):
    """Words on one line."""

    name = "text"
    label = gettext_lazy("Text")
    column = "text"
    may_be_personal = True

    def parse(self, text: str, field: Definition) -> str:
        words = " ".join(bulk.storable(text).split())
        if len(words) > LONGEST:
            raise BadValue(_("This is longer than %(limit)s characters.") % {"limit": LONGEST})
        return words

    def form_field(self, field: Definition) -> forms.Field:
        return forms.CharField(max_length=LONGEST)
