"""Options for ECharts, of plain lists. The browser adds colours and formats numbers (core/web/charts.py)."""

from collections.abc import Sequence
from typing import Any

from guanxi.core.web.charts import unit


def stacked_bars(
    labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], *, currency: str
) -> dict[str, Any]:
    """Amounts of money on top of each other, a bar for each label."""
    return {
        "guanxi": unit("money", currency=currency),
        "xAxis": {"type": "category", "data": list(labels)},
        "yAxis": {"type": "value"},
        "series": [{"type": "bar", "stack": "sum", "name": name, "data": list(values)} for name, values in series],
    }


def share_line(labels: Sequence[str], name: str, values: Sequence[float | None]) -> dict[str, Any]:
    """Shares of one along time; a gap where there is none."""
    return {
        "guanxi": unit("percent"),
        "xAxis": {"type": "category", "data": list(labels)},
        "yAxis": {"type": "value", "min": 0},
        "series": [{"type": "line", "name": name, "data": list(values), "connectNulls": False}],
    }


def lying_bars(labels: Sequence[str], name: str, values: Sequence[int], *, currency: str) -> dict[str, Any]:
    """Amounts of money side by side, the first on top."""
    return {
        "guanxi": unit("money", currency=currency),
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category",
            "data": list(labels),
            "inverse": True,
            "axisLabel": {"width": 120, "overflow": "truncate"},
        },
        "series": [{"type": "bar", "name": name, "data": list(values)}],
    }
