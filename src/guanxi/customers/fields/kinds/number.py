import re
import unicodedata
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.customers.fields.kinds.base import BadValue, FieldKind
from guanxi.customers.fields.types import Definition, Value

PLACES = Decimal("0.000001")
MOST = 10**14
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
"""1,234.5; a comma anywhere else may be a decimal one and is refused."""
WRITTEN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


class Number(FieldKind):
    """A number with at most six decimal places."""

    name = "number"
    label = gettext_lazy("Number")
    column = "number"

    def parse(self, text: str, field: Definition) -> Decimal:
        written = "".join(unicodedata.normalize("NFKC", text).split())
        if GROUPED.fullmatch(written):
            written = written.replace(",", "")
        if not WRITTEN.fullmatch(written) or len(written) > 60:
            raise BadValue(_("This is not a number."))
        try:
            number = Decimal(written)
            if abs(number) >= MOST:
                raise BadValue(_("This number is too large."))
            exact = number.quantize(PLACES)
        except InvalidOperation:
            raise BadValue(_("This is not a number.")) from None
        if exact != number:
            raise BadValue(_("At most six decimal places."))
        return exact

    def plain(self, value: Value, field: Definition) -> str:
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def show(self, value: Value, field: Definition) -> str:
        return number_format(Decimal(self.plain(value, field)), use_l10n=True, force_grouping=True)

    def form_field(self, field: Definition) -> forms.Field:
        return forms.CharField(max_length=60, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
