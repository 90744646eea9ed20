"""The RFM grid ready for its page: words, colours, and the way into the segment builder."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from guanxi.analytics.queries import Run
from guanxi.analytics.reports.base import COUNT, MONEY, SHARE, Cell
from guanxi.analytics.reports.rfm_groups import GROUPS
from guanxi.analytics.reports.words import shown
from guanxi.analytics.web.shown import rows_href


def grid_of(run: Run, *, segments: bool) -> dict[str, Any]:
    """Rows of cells, best recency on top, and the groups. ``segments`` says whether the person may make some."""
    grid, axes = run.result.extra["grid"], run.result.extra["axes"] or {}
    rows = []
    for cells in grid["rows"]:
        score = cells[0]["recency"]
        words = axes["recency"][score - 1] if axes else ""
        rows.append({"score": score, "words": words, "cells": [_cell(run, cell, segments) for cell in cells]})
    groups = []
    for row in run.result.table("groups").rows():
        kept = grid["groups"][row["name"]]
        words = {"label": GROUPS[row["name"]].label, "advice": GROUPS[row["name"]].advice, "color": kept["color"]}
        segment = builder_href(kept["definition"]) if segments else ""
        groups.append({**words, **_numbers(run, row), "segment": segment})
    return {"rows": rows, "groups": groups}


def _cell(run: Run, cell: Mapping[str, Any], segments: bool) -> dict[str, Any]:
    rows = rows_href(run, Cell("revenue", "cells", cell["cell"]))
    return {
        **cell,
        **_numbers(run, cell),
        "rows": rows,
        "segment": builder_href(cell["definition"]) if segments else "",
    }


def _numbers(run: Run, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "customers": row["customers"],
        "count_text": shown(row["customers"], COUNT, run.currency),
        "share_text": shown(row["share"], SHARE, run.currency),
        "revenue_text": shown(row["revenue"], MONEY, run.currency),
    }


def builder_href(definition: Mapping[str, Any]) -> str:
    """The segment builder with a definition filled in."""
    whole = definition if "match" in definition else {"match": "all", "of": [definition]}
    query = urlencode({"definition": json.dumps(whole, separators=(",", ":"))})
    return f"{reverse('segments:new')}?{query}"
