"""The triangle of cohorts ready for its page."""

from typing import Any

from guanxi.analytics.queries import Run
from guanxi.analytics.reports.base import COUNT, MONEY, SHARE, Cell
from guanxi.analytics.reports.words import shown, step_words
from guanxi.analytics.web.shown import rows_href

FULL_HEAT = 60
"""Percent of the colour for the largest share after the first month."""


def triangle_of(run: Run) -> dict[str, Any]:
    """A row for each cohort: its size and sales of the first month, then a cell for each month after."""
    cohorts = run.result.extra["triangle"]
    later = [cell["share"] for row in cohorts for cell in row["cells"][1:] if cell["share"] is not None]
    most = max(later, default=0) or 1
    width = max((len(row["cells"]) for row in cohorts), default=1)
    rows = []
    for row in cohorts:
        first, *others = row["cells"]
        rows.append(
            {
                "label": step_words(row["cohort"], "month"),
                "size": shown(row["size"], COUNT, run.currency),
                "thin": first["share"] is None,
                "href": rows_href(run, Cell("customers", "cells", first["cell"])),
                "sales": shown(first["sales"], MONEY, run.currency),
                "cells": [_cell(run, cell, most) for cell in others],
            }
        )
    return {"months": range(1, width), "rows": rows}


def _cell(run: Run, cell: dict[str, Any], most: float) -> dict[str, Any]:
    share, customers = cell["share"], cell["customers"]
    some = bool(customers)
    return {
        "text": shown(customers, COUNT, run.currency) if share is None else shown(share, SHARE, run.currency),
        "heat": None if share is None else round(FULL_HEAT * share / most),
        "href": rows_href(run, Cell("customers", "cells", cell["cell"])) if some else "",
        "sales": shown(cell["sales"], MONEY, run.currency) if some else "",
        "sales_href": rows_href(run, Cell("sales", "cells", cell["cell"])) if some else "",
        "so_far": bool(cell["so_far"]),
    }
