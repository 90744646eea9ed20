"""What each customer is likely to want next that they have not bought yet, and why."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from guanxi.analytics.forecasts import baskets, next_products_words
from guanxi.analytics.forecasts.base import Context, Forecast, Outcome, Progress
from guanxi.analytics.forecasts.baskets import Baskets
from guanxi.analytics.models.buying.histories import Ints
from guanxi.analytics.models.wanting import factors, ranking
from guanxi.analytics.models.wanting.ranking import NOTHING, Learnt
from guanxi.analytics.models.wanting.together import Pairs
from guanxi.analytics.reports.base import ReportTable

if TYPE_CHECKING:
    import pyarrow
    from scipy import sparse

    from guanxi.analytics.models.stored import ModelRun

MIN_CUSTOMERS = 50
"""Who bought two articles or more."""
MIN_ARTICLES = 5
MIN_TESTED = 30
"""Customers with a held-out order, before a way is said to be better than another."""
HELD_OUT = 5
"""The last fifth of the time is held out, at most MOST_DAYS."""
MOST_DAYS = 90
STILL_SOLD = 365
"""Days: what nobody bought for so long is not offered."""
TOLD_PAIRS = 100
WAYS = ("popular", "together", "alike")
"""From the simplest on; of equals the simpler is taken."""


@dataclass(frozen=True, slots=True)
class Tested:
    """Of ``customers`` who bought something new in the time held out, how many got at least one of five right."""

    customers: int
    days: int
    hits: dict[str, int]

    def taken(self) -> str:
        """The way with the most hits. Before enough customers could be asked: what is bought together."""
        return max(self.hits, key=lambda way: (self.hits[way], -WAYS.index(way))) if self.told else "together"

    @property
    def told(self) -> bool:
        return self.customers >= MIN_TESTED


class NextProductsForecast(Forecast):
    name = "next_products"
    label = _("Next products")
    summary = _("Which products each customer is likely to want next, and why.")
    icon = "basket-heart"
    version = 1
    table = "analytics_nextproduct"
    template = "analytics/next_products.html"
    reasons = {
        "no_orders": _("Nobody has bought a product yet."),
        "customers": _("It needs fifty customers who have bought two different products."),
        "articles": _("It needs five different products that were bought in the last year."),
    }

    def run(self, context: Context, progress: Progress) -> Outcome:
        progress(0, 4, "")
        known = baskets.read(context)
        if known is None:
            return Outcome(too_thin="no_orders")
        bought = known.matrix()
        window: dict[str, Any] = {
            "first_day": known.first_day,
            "last_day": known.last_day,
            "customers": len(known.customer_id),
        }
        if int((np.diff(bought.indptr) > 1).sum()) < MIN_CUSTOMERS:
            return Outcome(too_thin="customers", **window)
        offered = _still_sold(known, known.end)
        if offered.sum() < MIN_ARTICLES:
            return Outcome(too_thin="articles", **window)
        with_factors = factors.available()
        progress(1, 4, "")
        tested = test(known, with_factors=with_factors)
        taken = tested.taken()
        progress(2, 4, "")
        learnt = ranking.learn(bought, with_factors=taken == "alike")
        items, scores = ranking.best(learnt.scorers[taken], bought, offered)
        progress(3, 4, "")
        rows = _rows(known, bought, learnt, items, scores, taken)
        progress(4, 4, "")
        return Outcome(
            **window,
            quality={
                "tested": tested.customers,
                "days": tested.days,
                **{f"hits_{way}": count for way, count in tested.hits.items()},
            },
            result={
                "taken": taken,
                "tested": tested.told,
                "with_factors": with_factors,
                "told": len(np.unique(rows.column("customer_id").to_numpy())),
                "articles": int(offered.sum()),
                "pairs": _pairs_json(known, learnt.pairs),
                "reasons": _reason_counts(rows),
            },
            rows=rows,
        )

    def quality_words(self, run: "ModelRun") -> str:
        return next_products_words.quality(run)

    def page(self, run: "ModelRun", *, segments: bool) -> dict[str, Any]:
        return next_products_words.page(run, segments=segments)

    def tables(self, run: "ModelRun") -> list[ReportTable]:
        return next_products_words.tables(run)


def test(known: Baskets, *, with_factors: bool) -> Tested:
    """Each way learns from the time before, and is held against the first order after it of every customer it knew:
    right where one of its five is among what that order has that the customer had not bought before."""
    length = min(MOST_DAYS, (known.last_day - known.first_day).days // HELD_OUT)
    cut = known.end - length
    before = known.matrix(until=cut)
    seen = np.flatnonzero(np.diff(before.indptr) > 0)
    wanted = _first_new(known, before, cut)
    asked = seen[np.diff(wanted.indptr)[seen] > 0]
    ways = WAYS if with_factors else WAYS[:2]
    if not len(asked):
        return Tested(0, length, dict.fromkeys(ways, 0))
    learnt = ranking.learn(before, with_factors=with_factors)
    offered = _still_sold(known, cut)
    counted = {}
    for way in ways:
        items, _scores = ranking.best(learnt.scorers[way], before, offered, customers=asked)
        counted[way] = int(ranking.hits(items, wanted[asked]).sum())
    return Tested(len(asked), length, counted)


def _first_new(known: Baskets, before: "sparse.csr_array", cut: int) -> "sparse.csr_array":
    """What each customer bought for the first time on the first day after the cut with anything new."""
    from scipy import sparse

    after = known.day > cut
    who, what, day = known.who[after], known.what[after], known.day[after]
    new = np.asarray(before[who, what]).ravel() == 0
    who, what, day = who[new], what[new], day[new]
    first = np.full(before.shape[0], np.iinfo(np.int64).max)
    np.minimum.at(first, who, day)
    kept = day == first[who]
    return sparse.csr_array((np.ones(int(kept.sum())), (who[kept], what[kept])), shape=before.shape)


def _still_sold(known: Baskets, day: int) -> Any:
    """Articles that someone bought in the year before a day."""
    recent = (known.day <= day) & (known.day > day - STILL_SOLD)
    return np.bincount(known.what[recent], minlength=len(known.product_id)) > 0


def _rows(
    known: Baskets, bought: "sparse.csr_array", learnt: Learnt, items: Ints, scores: Any, taken: str
) -> "pyarrow.Table":
    import pyarrow as pa

    why, share = ranking.reasons(items, bought, learnt.pairs)
    told = items != NOTHING
    who, rank = np.nonzero(told)
    because = why[told]
    paired = because != NOTHING
    silent = np.where(scores[told] > 1.0 if taken == "alike" else np.zeros(len(who), bool), "alike", "popular")
    return pa.table(
        {
            "customer_id": known.customer_id[who],
            "rank": rank + 1,
            "product_id": known.product_id[items[told]],
            "score": scores[told],
            "reason": np.where(paired, "with", silent),
            "reason_product_id": pa.array(known.product_id[np.where(paired, because, 0)], mask=~paired),
            "share": pa.array(share[told], mask=~paired),
        }
    )


def _pairs_json(known: Baskets, found: Pairs) -> list[list[Any]]:
    """The pairs of the most customers, each once: the way with the larger share."""
    order = np.lexsort((found.bought, -found.lift, -found.count))
    told: dict[tuple[int, int], list[Any]] = {}
    for at in order[: 4 * TOLD_PAIRS].tolist():
        first, second = int(found.bought[at]), int(found.then[at])
        pair = (min(first, second), max(first, second))
        share = float(found.confidence[at])
        if pair not in told or told[pair][3] < share:
            names = (known.titles[first], known.titles[second])
            told[pair] = [*names, int(found.count[at]), share, float(found.lift[at])]
    return list(told.values())[:TOLD_PAIRS]


def _reason_counts(rows: "pyarrow.Table") -> dict[str, int]:
    counted = rows.group_by("reason").aggregate([("rank", "count")]).to_pylist()
    return {row["reason"]: row["rank_count"] for row in counted}
