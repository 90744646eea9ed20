"""What a list shows of a row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Row = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. Only ``key`` and ``label`` are needed; the value is then the row's attribute ``key``."""

    key: str
    label: Promise | str
    cell: Callable[[Row], Any] | str = ""
    """Path such as ``shop.name``, or a function; what it gives is escaped unless it is safe HTML."""
    template: str = ""
    """A template for the cell, with ``row`` and ``value``."""
    link: Callable[[Row], str] | None = None
    sort: str = ""
    """Field (or the source's own name) to order by; empty for a column that cannot be sorted."""
    align: Literal["start", "center", "end"] = "start"
    shown: bool = True
    csv: Callable[[Row], Any] | str | None = None
    """What goes into the CSV when not the cell's text."""
    exported: bool = True

    def value(self, row: Row) -> Any:
        return resolve(row, self.cell or self.key)

    def html(self, row: Row) -> SafeString:
        value = self.value(row)
        if self.template:
            shown = SafeString(render_to_string(self.template, {"row": row, "value": value}))
        else:
            shown = display(value)
        if self.link and (address := self.link(row)):
            return format_html('<a href="{}">{}</a>', address, shown)
        return shown

    def plain(self, row: Row) -> Any:
        """The cell for a CSV file: numbers and times as they are, HTML as its text."""
        value = resolve(row, self.csv) if self.csv is not None else self.value(row)
        return strip_tags(value).strip() if isinstance(value, SafeString) else value


def resolve(row: Row, path: Callable[[Row], Any] | str) -> Any:
    """A function's answer, or what lies at ``owner.name`` in objects and dicts; None where a step is missing."""
    if not isinstance(path, str):
        return path(row)
    for step in path.split("."):
        row = row.get(step) if isinstance(row, dict) else getattr(row, step, None)
        if row is None:
            return None
    return row() if callable(row) else row


def display(value: Any) -> SafeString:
    """A value as people read it in their language and time zone."""
    if value is None or value == "":
        return SafeString('<span class="gx-none text-secondary">–</span>')
    if isinstance(value, bool):
        return conditional_escape(_("Yes") if value else _("No"))
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), local.strftime("%Y-%m-%d %H:%M"))
    if isinstance(value, date):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), value.isoformat())
    if isinstance(value, int | float):
        return conditional_escape(formats.number_format(value, use_l10n=True, force_grouping=True))
    return conditional_escape(value)
