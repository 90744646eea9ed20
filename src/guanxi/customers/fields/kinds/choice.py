from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.customers.fields.kinds.base import BadValue, FieldKind
from guanxi.customers.fields.types import Definition, Value


class Choice(FieldKind):
    """One of some answers. Kept by number, so that an answer can be renamed."""

    name = "choice"
    label = gettext_lazy("Choice")
    column = "choice_id"

    def parse(self, text: str, field: Definition) -> int:
        said = " ".join(text.split()).casefold()
        for option in field.current_options:
            if option.label.casefold() == said:
                return option.id
        known = ", ".join(option.label for option in field.current_options)
        raise BadValue(_("Choose one of: %(choices)s.") % {"choices": known})

    def plain(self, value: Value, field: Definition) -> str:
        return next((option.label for option in field.options if option.id == value), "")

    def form_field(self, field: Definition) -> forms.Field:
        labels = [option.label for option in field.current_options]
        return forms.ChoiceField(choices=[("", _("Not said")), *((label, label) for label in labels)])
