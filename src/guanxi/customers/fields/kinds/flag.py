from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.customers.fields.kinds.base import BadValue, FieldKind
from guanxi.customers.fields.types import Definition, Value

YES = frozenset({"yes", "y", "true", "1", "是", "有", "对", "對"})
NO = frozenset({"no", "n", "false", "0", "否", "无", "無", "不是"})


class Flag(FieldKind):
    """Yes or no; nothing said is neither."""

    name = "flag"
    label = gettext_lazy("Yes or no")
    column = "flag"

    def parse(self, text: str, field: Definition) -> bool:
        said = text.strip().casefold()
        if said in YES or said == _("Yes").casefold():
            return True
        if said in NO or said == _("No").casefold():
            return False
        raise BadValue(_("Write yes or no."))

    def plain(self, value: Value, field: Definition) -> str:
        return "yes" if value else "no"

    def show(self, value: Value, field: Definition) -> str:
        return _("Yes") if value else _("No")

    def form_field(self, field: Definition) -> forms.Field:
        return forms.ChoiceField(choices=[("", _("Not said")), ("yes", _("Yes")), ("no", _("No"))])
