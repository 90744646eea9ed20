"""Running a forecast: from one snapshot of the warehouse to one row a customer, all at once or not at all."""

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from django.db import connection, transaction

from guanxi.analytics.forecasts import FORECASTS
from guanxi.analytics.forecasts.base import Context, Forecast, Progress
from guanxi.analytics.models.stored import ModelRun, RunState
from guanxi.core import bulk, preferences
from guanxi.core.models import User
from guanxi.warehouse import queries as warehouse

if TYPE_CHECKING:
    import pyarrow

KEPT = 400
"""Runs of a forecast that are kept: more than a year of nights."""


def run(name: str, *, now: datetime, progress: Progress, user: User | None = None) -> ModelRun:
    """Run a forecast and keep what it came to. Raises UnknownKind, NoSnapshot, and what ``progress`` raises; then
    nothing has changed."""
    began = time.perf_counter()
    forecast = FORECASTS.get(name)
    snapshot = warehouse.snapshot()
    context = Context(snapshot, now, preferences.time_zone(), preferences.currency())
    outcome = forecast.run(context, progress)
    with transaction.atomic():
        _replace_rows(forecast, outcome.rows)
        seconds = round(time.perf_counter() - began, 3)
        made = ModelRun.objects.create(
            model=name,
            version=forecast.version,
            state=RunState.NOT_ENOUGH if outcome.too_thin else RunState.DONE,
            message=outcome.too_thin,
            first_day=outcome.first_day,
            last_day=outcome.last_day,
            customers=outcome.customers,
            parameters=dict(outcome.parameters),
            quality=dict(outcome.quality),
            result=dict(outcome.result),
            currency=context.currency,
            warehouse_version=snapshot.version,
            started_at=now,
            finished_at=now + timedelta(seconds=seconds),
            seconds=seconds,
            started_by=user,
        )
        kept = ModelRun.objects.filter(model=name).order_by("-finished_at", "-pk").values("pk")[:KEPT]
        ModelRun.objects.filter(model=name).exclude(pk__in=kept).delete()
    return made


def _replace_rows(forecast: Forecast, rows: "pyarrow.Table | None") -> None:
    """Put new rows for old. A customer who has none any more keeps an empty one, because the warehouse, which copies
    what changed, would not see that a row is gone."""
    import pyarrow as pa

    table = forecast.table
    bulk.one_writer(table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} RETURNING customer_id")
        before = np.fromiter((row[0] for row in cursor.fetchall()), np.int64)
    now = rows.column("customer_id").to_numpy() if rows is not None else np.empty(0, np.int64)
    if rows is not None:
        bulk.copy_arrow(table, rows)
    gone = np.setdiff1d(before, now)
    if len(gone):
        bulk.copy_arrow(table, pa.table({"customer_id": gone}))
