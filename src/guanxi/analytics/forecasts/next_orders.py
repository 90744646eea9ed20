"""When each customer is due to buy again, what, and how long each product usually lasts."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from guanxi.analytics.forecasts import baskets, next_orders_words, purchases
from guanxi.analytics.forecasts.base import Context, Forecast, Outcome, Progress
from guanxi.analytics.forecasts.baskets import Baskets
from guanxi.analytics.models.buying import rhythm
from guanxi.analytics.models.buying.histories import Floats, Ints
from guanxi.analytics.models.buying.rhythm import Due, Gaps, Rhythm
from guanxi.analytics.reports.base import ReportTable

if TYPE_CHECKING:
    import pyarrow

    from guanxi.analytics.models.stored import ModelRun

MIN_RETURNED = 20
"""Customers who bought on more than one day."""
MIN_REBUYERS = 10
"""Customers who bought a product on more than one day, before it has a usual time."""
LIKELY = 0.5
"""Nobody who has probably left is told to be due."""
LATEST = 3 * 365
MOST_DAYS = 90
HELD_OUT = 4
"""The last quarter of the time is held out, at most MOST_DAYS."""
SOON = (7, 14, 30)
TOLD = 200
"""Products on the page."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """One entry a customer, in the order of the customers."""

    customer_id: Ints
    last: Ints
    """Day of the last purchase."""
    due: Due
    sure: Any
    """Those of whom something is told."""


class NextOrdersForecast(Forecast):
    name = "next_orders"
    label = _("Next orders")
    summary = _("When each customer is due to buy again, and how long your products last.")
    icon = "calendar-due"
    version = 1
    table = "analytics_nextorder"
    template = "analytics/next_orders.html"
    reasons = {
        "no_orders": _("Nobody has bought yet."),
        "returned": _("It needs twenty customers who have bought on more than one day."),
    }

    def run(self, context: Context, progress: Progress) -> Outcome:
        progress(0, 4, "")
        known = purchases.days(context)
        if known is None:
            return Outcome(too_thin="no_orders")
        customer, day = known.customer_id, known.day
        end = purchases.number(known.last_day)
        seen = rhythm.summarise(customer, day, end=end)
        window: dict[str, Any] = {
            "first_day": known.first_day,
            "last_day": known.last_day,
            "customers": len(seen.count),
        }
        if int((seen.count > 0).sum()) < MIN_RETURNED:
            return Outcome(too_thin="returned", **window)
        found = rhythm.fit(seen)
        told = _told(customer, day, seen, found)
        progress(1, 4, "")
        checked = check(customer, day, first=purchases.number(known.first_day), end=end)
        progress(2, 4, "")
        bought = baskets.read(context)
        products = _products(bought, end) if bought is not None else _NO_PRODUCTS
        progress(3, 4, "")
        rows = _rows(context, told, products)
        progress(4, 4, "")
        return Outcome(
            **window,
            parameters={name: getattr(found, name) for name in ("middle", "between", "within", "leaving")},
            quality=checked,
            result={
                "told": int(told.sure.sum()),
                "soon": {str(days): _soon(told, end, days) for days in SOON},
                "usual": float(np.exp(found.middle)),
                "by_days": _by_days(told, end),
                "products": products.told,
            },
            rows=rows,
        )

    def quality_words(self, run: "ModelRun") -> str:
        return next_orders_words.quality(run)

    def page(self, run: "ModelRun", *, segments: bool) -> dict[str, Any]:
        return next_orders_words.page(run, segments=segments)

    def tables(self, run: "ModelRun") -> list[ReportTable]:
        return next_orders_words.tables(run)


def _told(customer: Ints, day: Ints, seen: Gaps, found: Rhythm) -> Told:
    due = rhythm.due(found, seen)
    last = day[np.r_[seen.owner[1:], len(day)] - 1]
    return Told(customer[seen.owner], last, due, (due.alive >= LIKELY) & (due.middle <= LATEST))


def check(customer: Ints, day: Ints, *, first: int, end: int) -> dict[str, float]:
    """The rhythm learnt without the last quarter, and the dates it told: of those whose time was over by now, how many
    should have ordered within it (eight of ten of those who are still customers), and how many did. Empty where too
    few were told."""
    length = min(MOST_DAYS, (end - first) // HELD_OUT)
    cut = end - length
    before = day <= cut
    early = rhythm.summarise(customer[before], day[before], end=cut)
    if int((early.count > 0).sum()) < MIN_RETURNED:
        return {}
    told = _told(customer[before], day[before], early, rhythm.fit(early))
    over = told.sure & (told.last + np.ceil(told.due.high) <= end)
    if int(over.sum()) < MIN_RETURNED:
        return {}
    later_of, place = np.unique(customer[~before], return_index=True)
    following = np.full(len(told.customer_id), np.iinfo(np.int64).max)
    at = np.searchsorted(told.customer_id, later_of)
    there = (at < len(told.customer_id)) & (told.customer_id[np.minimum(at, len(told.customer_id) - 1)] == later_of)
    following[at[there]] = day[~before][place[there]]
    inside = (following >= told.last + np.floor(told.due.low)) & (following <= told.last + np.ceil(told.due.high))
    expected = (rhythm.HIGH - rhythm.LOW) * float(told.due.alive[over].sum())
    return {"days": length, "customers": int(over.sum()), "expected": expected, "seen": int(inside[over].sum())}


@dataclass(frozen=True, slots=True, eq=False)
class _Products:
    """``told`` is for the page; the arrays say for a customer what is due first, an entry each, by customer."""

    told: list[dict[str, Any]]
    customer_id: Ints
    product_id: Ints
    due: Ints
    """Days since 1970."""


_NO_PRODUCTS = _Products([], np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))


def _products(known: Baskets, end: int) -> _Products:
    """Products with enough rebuyers, and of the customers who bought one on two days at least, when it is due."""
    order = np.lexsort((known.day, known.what, known.who))
    pair = known.who[order] * len(known.product_id) + known.what[order]
    day = known.day[order]
    seen = rhythm.summarise(pair, day, end=end)
    what = known.what[order][seen.owner]
    rebuyers = np.bincount(what[seen.count > 0], minlength=len(known.product_id))
    lasting = rebuyers >= MIN_REBUYERS
    kept = lasting[what]
    if not kept.any():
        return _NO_PRODUCTS
    of, logs = rhythm.gaps(pair, day)
    found = rhythm.fit(seen.part(kept))
    middles = rhythm.shrunk_middles(found, what[of], logs, len(known.product_id))
    again = kept & (seen.count > 0)
    chosen = seen.part(again)
    due = rhythm.due(found, chosen, middle=middles[what[again]])
    last = end - np.where(chosen.open < 1, 0, chosen.open).astype(np.int64)
    when = last + np.ceil(due.usual).astype(np.int64)
    sure = (due.alive >= LIKELY) & (due.usual <= LATEST)
    who, article, when = known.who[order][chosen.owner][sure], what[again][sure], when[sure]
    first = np.lexsort((article, when, who))
    once = first[np.r_[True, np.diff(who[first]) > 0]] if len(first) else first
    soon = np.bincount(article[when <= end + SOON[1]], minlength=len(known.product_id))
    table = _product_rows(known, what[of], np.exp(logs), rebuyers, lasting, soon, np.bincount(what))
    return _Products(table, known.customer_id[who[once]], known.product_id[article[once]], when[once])


def _product_rows(
    known: Baskets, what: Ints, days: Floats, rebuyers: Ints, lasting: Any, soon: Ints, buyers: Ints
) -> list[dict[str, Any]]:
    """Median and quartiles of the days between two purchases of each lasting product, those of the most rebuyers
    first."""
    order = np.argsort(what, kind="stable")
    starts = np.searchsorted(what[order], np.arange(len(known.product_id) + 1))
    chosen = sorted(np.flatnonzero(lasting).tolist(), key=lambda at: (-int(rebuyers[at]), at))[:TOLD]
    rows = []
    for at in chosen:
        quarters = np.quantile(days[order[starts[at] : starts[at + 1]]], [0.25, 0.5, 0.75])
        rows.append(
            {
                "product": known.titles[at],
                "buyers": int(buyers[at]),
                "rebuyers": int(rebuyers[at]),
                "quarter": float(quarters[0]),
                "median": float(quarters[1]),
                "three_quarters": float(quarters[2]),
                "soon": int(soon[at]),
            }
        )
    return rows


def _rows(context: Context, told: Told, products: _Products) -> "pyarrow.Table":
    import pyarrow as pa

    sure = told.sure
    both = np.union1d(told.customer_id[sure], products.customer_id)
    at = np.searchsorted(both, told.customer_id[sure])
    days = {"due_at": told.due.middle, "due_from": told.due.low, "due_until": told.due.high}
    columns: dict[str, Any] = {"customer_id": both}
    for name, after in days.items():
        when = told.last[sure] + np.ceil(np.minimum(after[sure], 10 * LATEST)).astype(np.int64)
        columns[name] = _moments(context, _spread(when, at, len(both)))
    place = np.searchsorted(both, products.customer_id)
    product = _spread(products.product_id, place, len(both))
    columns["due_product_id"] = pa.array(product, mask=product < 0)
    columns["due_product_at"] = _moments(context, _spread(products.due, place, len(both)))
    return pa.table(columns)


def _spread(values: Ints, places: Ints, size: int) -> Ints:
    """Values at their places, -1 elsewhere."""
    made = np.full(size, -1, np.int64)
    made[places] = values
    return made


def _moments(context: Context, days: Ints) -> "pyarrow.Array":
    """Midnights of days in the zone of the merchant, as UTC; null for -1."""
    import pyarrow as pa

    known, place = np.unique(days, return_inverse=True)
    midnights = [
        datetime.combine(baskets.day_of(day), time.min, context.zone).astimezone(UTC) if day >= 0 else None
        for day in known.tolist()
    ]
    return pa.array(midnights, pa.timestamp("us", "UTC")).take(pa.array(place.ravel()))


def _soon(told: Told, end: int, days: int) -> int:
    return int((told.sure & (told.last + np.ceil(told.due.middle) <= end + days)).sum())


def _by_days(told: Told, end: int) -> list[int]:
    """Customers due in each of the next twelve weeks."""
    ahead = (told.last[told.sure] + np.ceil(told.due.middle[told.sure]) - end - 1).astype(np.int64) // 7
    return [int(count) for count in np.bincount(ahead[(ahead >= 0) & (ahead < 12)], minlength=12)]
