"""What the server knows of a chart: its numbers as a table, for those who do not see it and for pages without scripts.

An ECharts option may carry ``{"guanxi": {"unit": "money", "currency": "CNY"}}`` (``money`` in minor units, ``percent``
as a share of one, ``number``); the browser and the table format by it. A value may be a number, None, a pair
``[x, y]``, a triple ``[column, row, value]`` (heat map) or ``{"name": …, "value": …, "href": …}``.
"""

from dataclasses import dataclass, field
from typing import Any

from babel.numbers import format_decimal, format_percent
from django.utils.translation import gettext as _

from guanxi.core import money


@dataclass(frozen=True, slots=True)
class Table:
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def unit(kind: str, *, currency: str = "") -> dict[str, str]:
    """The value of an option's ``guanxi`` key: ``money`` with its currency, ``percent`` or ``number``."""
    return {"unit": kind, "currency": currency} if currency else {"unit": kind}


def show(value: Any, how: dict[str, str], *, locale: str) -> str:
    """One number as people of this language read it."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if how.get("unit") == "money" and how.get("currency"):
        return money.display(round(value), how["currency"], locale=locale)
    if how.get("unit") == "percent":
        return format_percent(value, format="#,##0.#%", locale=locale)
    return format_decimal(value, format="#,##0.##", locale=locale)


def table_of(option: dict[str, Any], *, locale: str) -> Table:
    """The chart's numbers, a row for each category or item and a column for each series."""
    series = [one for one in _listed(option.get("series")) if one.get("data") is not None]
    how = option.get("guanxi", {})
    categories = _categories(option, "xAxis")
    upright = _categories(option, "yAxis")
    if not series:
        return Table()
    if series[0].get("type") == "heatmap":
        return _heat_map(series[0], categories or [], upright or [], how, locale)
    if labels := categories or upright:
        head = ["", *(str(one.get("name", "")) or _("Value") for one in series)]
        return Table(head, [[str(label), *_across(series, at, how, locale)] for at, label in enumerate(labels)])
    rows = [_item(item, how, locale) for one in series for item in one["data"]]
    return Table(["", _("Value")], rows)


def _listed(value: Any) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else [value] if value else []


def _categories(option: dict[str, Any], name: str) -> list[Any] | None:
    return next((axis["data"] for axis in _listed(option.get(name)) if axis.get("data")), None)


def _across(series: list[dict[str, Any]], at: int, how: dict[str, str], locale: str) -> list[str]:
    cells = []
    for one in series:
        item = one["data"][at] if at < len(one["data"]) else None
        value = item.get("value") if isinstance(item, dict) else item
        cells.append(show(value[-1] if isinstance(value, list) else value, how, locale=locale))
    return cells


def _item(item: Any, how: dict[str, str], locale: str) -> list[str]:
    if isinstance(item, dict):
        value = item.get("value")
        if isinstance(value, list):
            return [*(str(part) for part in value[:-1]), show(value[-1], how, locale=locale)]
        return [str(item.get("name", "")), show(value, how, locale=locale)]
    if isinstance(item, list | tuple):
        return [str(item[0]), show(item[-1], how, locale=locale)]
    return ["", show(item, how, locale=locale)]


def _heat_map(one: dict[str, Any], across: list[Any], down: list[Any], how: dict[str, str], locale: str) -> Table:
    cells: dict[tuple[int, int], Any] = {}
    for item in one["data"]:
        x, y, value = item["value"] if isinstance(item, dict) else item
        cells[x, y] = value
    rows = [
        [str(label), *(show(cells.get((x, y)), how, locale=locale) for x in range(len(across)))]
        for y, label in enumerate(down)
    ]
    return Table(["", *(str(label) for label in across)], rows)
