"""The inputs of custom fields, for whichever page asks for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from guanxi.customers.fields import services
from guanxi.customers.fields.kinds import KINDS
from guanxi.customers.fields.types import Definition, Refused, Shown

PREFIX, EMPTY = "field_", "empty_"


class FieldsForm(forms.Form):
    """One input a field. Personal fields are never filled in with what is stored: left empty they stay as they are,
    and a switch empties them."""

    def __init__(
        self, data: Any = None, *, definitions: Sequence[Definition], shown: Mapping[str, Shown] | None = None
    ) -> None:
        super().__init__(data)
        self.definitions = {one.key: one for one in definitions}
        self.shown = shown or {}
        for field in definitions:
            self._add(field, self.shown.get(field.key))

    def _add(self, field: Definition, now: Shown | None) -> None:
        one = KINDS.get(field.kind).form_field(field)
        one.required, one.label, one.help_text = False, field.label, ""
        if now is not None and field.personal:
            one.widget.attrs["placeholder"] = now.text
        elif now is not None:
            one.initial = now.plain
            if isinstance(one, forms.ChoiceField) and now.plain not in dict(one.choices):  # type: ignore[arg-type]
                one.choices = [*one.choices, (now.plain, now.plain)]  # type: ignore[misc]
        self.fields[PREFIX + field.key] = one
        if now is not None and field.personal:
            label = _("Empty “%(name)s”") % {"name": field.label}
            self.fields[EMPTY + field.key] = forms.BooleanField(label=label, required=False)

    def hints(self) -> list[tuple[forms.BoundField, str]]:
        """The inputs in order, each with the field's help as plain text."""
        help_texts = {PREFIX + key: field.help_text for key, field in self.definitions.items()}
        return [(bound, help_texts.get(bound.name, "")) for bound in self]

    def clean(self) -> dict[str, Any]:
        for key, text in self.changes().items():
            line = services.read(self.definitions, key, text)
            if isinstance(line, Refused):
                self.add_error(PREFIX + key, line.reason)
        return self.cleaned_data

    def changes(self) -> dict[str, str]:
        """What was written differently, by key, as `services.write` takes it."""
        said: dict[str, str] = {}
        for key, field in self.definitions.items():
            text = self.cleaned_data.get(PREFIX + key)
            now = self.shown.get(key)
            if text is None or PREFIX + key not in self.data:
                continue
            if field.personal and not text:
                if self.cleaned_data.get(EMPTY + key):
                    said[key] = ""
            elif field.personal or text != (now.plain if now else ""):
                said[key] = text
        return said
