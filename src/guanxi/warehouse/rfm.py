"""Recency, frequency and monetary scores from 1 to 5, with cut points that are part of the snapshot.

Over the customers with at least one sale that counts, the four cut points of a measure are its exact 20, 40, 60 and
80 % points: cut k is the smallest value that at least k fifths of those customers do not exceed (the inverse of the
empirical distribution, definition 1 of Hyndman and Fan, 1996). A customer's score is 1 plus the number of cut points
that lie strictly below the value, so equal values always share a score, and 5 is best: latest, most often, most money.
A customer without a sale has no scores.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ibis

MEASURES: Mapping[str, str] = {"recency": "last_order_at", "frequency": "orders", "monetary": "revenue"}
"""Column of ``customer_facts`` behind each measure."""
CUTS = (1, 2, 3, 4)
TABLE = "rfm_thresholds"
"""One row: ``recency_1 … recency_4``, ``frequency_1 …``, ``monetary_1 …``; null when nobody has bought."""

NOBODY = "SELECT NULL::TIMESTAMPTZ AS last_order_at, NULL::BIGINT AS orders, NULL::BIGINT AS revenue"
"""DuckDB SQL of facts without a buyer."""


class Scores(NamedTuple):
    """Whole numbers 1 to 5, null for customers without a sale; columns over the facts that were given."""

    recency: "ibis.expr.types.IntegerColumn"
    frequency: "ibis.expr.types.IntegerColumn"
    monetary: "ibis.expr.types.IntegerColumn"


def scores(facts: "ibis.Table", thresholds: "ibis.Table") -> Scores:
    """The three scores of every row of ``facts`` (``customer_facts`` or a part of it with its columns).

    r, f, m = rfm.scores(facts, tables["rfm_thresholds"])
    best = facts.filter((r == 5) & (f >= 4))
    """
    import ibis

    def score(measure: str) -> "ibis.expr.types.IntegerColumn":
        value = facts[MEASURES[measure]]
        above = [(value > thresholds[f"{measure}_{cut}"].as_scalar()).cast("int8") for cut in CUTS]
        total = ibis.literal(1, type="int8") + above[0] + above[1] + above[2] + above[3]
        return ibis.ifelse(facts.orders > 0, total, ibis.null("int8")).cast("int8")

    return Scores(*(score(measure) for measure in MEASURES))


def cut_points(facts: str) -> str:
    """DuckDB SQL of the one row of thresholds over a relation with the columns of ``customer_facts``."""
    lists = [f"quantile_disc({column}, [0.2, 0.4, 0.6, 0.8]) AS {measure}" for measure, column in MEASURES.items()]
    columns = [f"{measure}[{cut}] AS {measure}_{cut}" for measure in MEASURES for cut in CUTS]
    return f"SELECT {', '.join(columns)} FROM (SELECT {', '.join(lists)} FROM {facts} WHERE orders > 0)"
