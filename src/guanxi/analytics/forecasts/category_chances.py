"""How likely each customer is to buy from each of the largest categories in the next sixty days."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from guanxi.analytics.forecasts import baskets, category_chances_words
from guanxi.analytics.forecasts.base import Context, Forecast, Outcome, Progress
from guanxi.analytics.forecasts.baskets import Baskets
from guanxi.analytics.models.leaning import features, plain, ranking_quality, trees
from guanxi.analytics.models.leaning.features import NAMES, Bought, Floats, Known
from guanxi.analytics.models.leaning.plain import Plain
from guanxi.analytics.models.leaning.ranking_quality import Flags
from guanxi.analytics.models.leaning.trees import Trees
from guanxi.analytics.reports.base import ReportTable

if TYPE_CHECKING:
    import pyarrow

    from guanxi.analytics.models.stored import ModelRun

DAYS = 60
"""Ahead, for which the chance is told."""
MIN_DAYS = 4 * DAYS
"""Of data: two stretches to learn and to test, and as much before them to know something."""
MIN_BUYERS = 50
"""Of a category, in each of the two stretches."""
MOST = 8
"""Categories: those of the most buyers."""
KEPT = 3
"""Tenths of the customers whose chances are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """One category: what learnt from the first stretch said of the second, which it had not seen."""

    category: int
    buyers: int
    auc: float
    plain_auc: float
    with_trees: bool
    """Trees sorted better than the plain way, and are used."""
    tenths: list[ranking_quality.Tenth]


class CategoryChancesForecast(Forecast):
    name = "category_chances"
    label = _("Category chances")
    summary = _("Who is likely to buy from which category in the next sixty days.")
    icon = "category-plus"
    version = 1
    table = "analytics_categorychance"
    template = "analytics/category_chances.html"
    reasons = {
        "no_orders": _("Nobody has bought a product yet."),
        "days": _("It needs eight months between the first order and now."),
        "buyers": _("It needs a category with fifty buyers who had bought before, in each of the last two sixty days."),
    }

    def run(self, context: Context, progress: Progress) -> Outcome:
        progress(0, 3, "")
        read = baskets.read(context)
        if read is None:
            return Outcome(too_thin="no_orders")
        window: dict[str, Any] = {
            "first_day": read.first_day,
            "last_day": read.last_day,
            "customers": len(read.customer_id),
        }
        if (read.last_day - read.first_day).days < MIN_DAYS:
            return Outcome(too_thin="days", **window)
        names, bought = categories(read)
        today = read.end + 1
        early, late = (features.known(bought, cut=today - stretches * DAYS) for stretches in (2, 1))
        chosen = [at for at in range(len(names)) if _enough(bought, early, at) and _enough(bought, late, at)][:MOST]
        if not chosen:
            return Outcome(too_thin="buyers", **window)
        progress(1, 3, "")
        with_trees = trees.available()
        tested = [test(bought, early, late, category, with_trees=with_trees) for category in chosen]
        progress(2, 3, "")
        now = features.known(bought, cut=today)
        learnt = {one.category: _learn(bought, late, one.category, with_trees=one.with_trees) for one in tested}
        rows = _rows(read, now, names, learnt)
        progress(3, 3, "")
        return Outcome(
            **window,
            quality=_quality(tested),
            result={
                "days": DAYS,
                "with_trees": with_trees,
                "categories": [_told(one, names, learnt[one.category], now) for one in tested],
            },
            rows=rows,
        )

    def quality_words(self, run: "ModelRun") -> str:
        return category_chances_words.quality(run)

    def page(self, run: "ModelRun", *, segments: bool) -> dict[str, Any]:
        return category_chances_words.page(run, segments=segments)

    def tables(self, run: "ModelRun") -> list[ReportTable]:
        return category_chances_words.tables(run)


def categories(read: Baskets) -> tuple[list[str], Bought]:
    """The categories, those of the most buyers first, and who bought from them when."""
    kinds, of_article = np.unique(np.array(read.categories), return_inverse=True)
    _who, kind = features.distinct(read.who, of_article[read.what])
    buyers = np.bincount(kind, minlength=len(kinds))
    named = [at for at in range(len(kinds)) if kinds[at]]
    order = sorted(named, key=lambda at: (-buyers[at], kinds[at]))
    number = np.full(len(kinds), -1, np.int64)
    number[order] = np.arange(len(order))
    rows = features.distinct(read.who, number[of_article][read.what], read.day)
    return [str(kinds[at]) for at in order], Bought(*rows)


def test(bought: Bought, early: Known, late: Known, category: int, *, with_trees: bool) -> Tested:
    """Learn what came after the earlier day, tell what comes after the later one, and look."""
    table, came = late.features(category), features.bought_within(bought, late, category, days=DAYS)
    simple = _learn(bought, early, category, with_trees=False).chances(table)
    plain_auc = ranking_quality.auc(simple, came) or 0.0
    chances, auc, better = simple, plain_auc, False
    if with_trees:
        grown = _learn(bought, early, category, with_trees=True).chances(table)
        grown_auc = ranking_quality.auc(grown, came) or 0.0
        if grown_auc > plain_auc:
            chances, auc, better = grown, grown_auc, True
    return Tested(category, int(came.sum()), auc, plain_auc, better, ranking_quality.tenths(chances, came))


def _learn(bought: Bought, seen: Known, category: int, *, with_trees: bool) -> Plain | Trees:
    table, came = seen.features(category), features.bought_within(bought, seen, category, days=DAYS)
    return trees.fit(table, came) if with_trees else plain.fit(table, came)


def _enough(bought: Bought, seen: Known, category: int) -> bool:
    came: Flags = features.bought_within(bought, seen, category, days=DAYS)
    return int(came.sum()) >= MIN_BUYERS


def _quality(tested: list[Tested]) -> dict[str, float]:
    """Means over the categories."""
    return {
        "categories": len(tested),
        "auc": float(np.mean([one.auc for one in tested])),
        "plain_auc": float(np.mean([one.plain_auc for one in tested])),
    }


def _told(one: Tested, names: list[str], learnt: Plain | Trees, now: Known) -> dict[str, Any]:
    chances: Floats = learnt.chances(now.features(one.category))
    helped = []
    if isinstance(learnt, Trees):
        gains = learnt.gains()
        helped = [[NAMES[at], float(gains[at])] for at in np.argsort(-gains, kind="stable")[:3].tolist()]
    return {
        "category": names[one.category],
        "buyers": one.buyers,
        "auc": one.auc,
        "plain_auc": one.plain_auc,
        "with_trees": one.with_trees,
        "expected": float(chances.sum()),
        "tenths": [asdict(tenth) for tenth in one.tenths],
        "helped": helped,
    }


def _rows(read: Baskets, now: Known, names: list[str], learnt: dict[int, Plain | Trees]) -> "pyarrow.Table":
    """The likeliest tenths of each category."""
    import pyarrow as pa

    parts = []
    for place, (category, model) in enumerate(learnt.items(), start=1):
        chances = model.chances(now.features(category))
        tenth = ranking_quality.tenth_of(chances)
        kept = tenth <= KEPT
        parts.append(
            pa.table(
                {
                    "customer_id": read.customer_id[now.who[kept]],
                    "place": np.full(int(kept.sum()), place),
                    "category": pa.array([names[category]] * int(kept.sum()), pa.string()),
                    "chance": chances[kept],
                    "tenth": tenth[kept],
                }
            )
        )
    return pa.concat_tables(parts)
