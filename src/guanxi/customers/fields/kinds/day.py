import re
import unicodedata
from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.customers.fields.kinds.base import BadValue, FieldKind
from guanxi.customers.fields.types import Definition, Value

WRITTEN = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]00:00(?::00)?)?")
"""2026-05-10, 2026/5/10, 2026年5月10日; spreadsheets add midnight."""


class Day(FieldKind):
    """A day of the calendar."""

    name = "date"
    label = gettext_lazy("Date")
    column = "day"

    def parse(self, text: str, field: Definition) -> date:
        found = WRITTEN.fullmatch(unicodedata.normalize("NFKC", text).strip())
        try:
            if found and int(found[1]) >= 1000:
                return date(*map(int, found.groups()))
        except ValueError:
            pass
        raise BadValue(_("Write a date as 2026-05-10."))

    def plain(self, value: Value, field: Definition) -> str:
        assert isinstance(value, date)
        return value.isoformat()

    def form_field(self, field: Definition) -> forms.Field:
        return forms.CharField(max_length=20, widget=forms.DateInput(attrs={"type": "date"}))
