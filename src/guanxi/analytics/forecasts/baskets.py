"""Who bought what on which day, from the warehouse, for models of what customers want.

An article is all products of the same code, or of the same title where they have none, in whichever shop; it goes by
the first of them. Orders count as in purchases.py. Two orders of an article on one day are one.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from guanxi.analytics.forecasts.base import Context
from guanxi.analytics.forecasts.purchases import EPOCH, QUIET, number
from guanxi.analytics.models.buying.histories import Ints
from guanxi.analytics.reports.periods import Period, wall_clock
from guanxi.analytics.reports.sales import local_day

if TYPE_CHECKING:
    from scipy import sparse


@dataclass(frozen=True, slots=True, eq=False)
class Baskets:
    """``who``, ``what`` and ``day`` have an entry for each customer, article and day, by customer and day."""

    first_day: date
    last_day: date
    """Of the data: at most a week beyond the newest order."""
    customer_id: Ints
    """Ascending."""
    product_id: Ints
    titles: list[str]
    categories: list[str]
    """Of each article; empty where it has none."""
    who: Ints
    what: Ints
    """Places in ``customer_id`` and in ``product_id``."""
    day: Ints
    """Days since 1970."""

    @property
    def end(self) -> int:
        """The last day as days since 1970."""
        return number(self.last_day)

    def matrix(self, *, until: int | None = None) -> "sparse.csr_array":
        """On how many days each customer bought each article, until a day, included."""
        from scipy import sparse

        kept = slice(None) if until is None else self.day <= until
        who, what = self.who[kept], self.what[kept]
        shape = (len(self.customer_id), len(self.product_id))
        made = sparse.csr_array((np.ones(len(who)), (who, what)), shape=shape)
        made.sum_duplicates()
        return made


def read(context: Context) -> Baskets | None:
    """Everything until now; None while nobody has bought anything that is named."""
    orders = _orders(context)
    ends = context.snapshot.execute(
        orders.aggregate(first=orders.placed_at.min(), last=orders.placed_at.max())
    ).to_pylist()[0]
    if ends["first"] is None:
        return None
    first_day, newest = local_day(ends["first"], context.zone), local_day(ends["last"], context.zone)
    last_day = min(context.now.astimezone(context.zone).date(), newest + QUIET)
    articles = _articles(context)
    period = Period(first_day, newest + timedelta(days=1))
    dated = orders.mutate(day=wall_clock(orders.placed_at, period=period, zone=context.zone).date())
    lines = context.snapshot.tables["order_lines"].select("order_id", "product_id")
    sold = dated.select("order_id", "customer_id", "day").join(lines, "order_id").join(articles, "product_id")
    rows = sold.select("customer_id", "day", "article_id").distinct().order_by("customer_id", "day", "article_id")
    found = context.snapshot.execute(rows)
    if not found.num_rows:
        return None
    customer_id, who = np.unique(_ints(found, "customer_id"), return_inverse=True)
    product_id, what = np.unique(_ints(found, "article_id"), return_inverse=True)
    names = _names(context, product_id)
    return Baskets(
        first_day,
        last_day,
        customer_id,
        product_id,
        [names[product][0] for product in product_id.tolist()],
        [names[product][1] for product in product_id.tolist()],
        who.astype(np.int64),
        what.astype(np.int64),
        _ints(found, "day"),
    )


def day_of(day: int) -> date:
    """The date of a number of days since 1970."""
    return EPOCH + timedelta(days=day)


def _orders(context: Context) -> Any:
    orders, customers = context.snapshot.tables["orders"], context.snapshot.tables["customers"]
    known = customers.filter(~customers.erased).select("customer_id")
    kept = orders.filter(
        orders.counted, orders.net_value > 0, orders.customer_id.notnull(), orders.placed_at <= context.now
    )
    return kept.select("order_id", "customer_id", "placed_at").semi_join(known, "customer_id")


def _articles(context: Context) -> Any:
    """``product_id`` and ``article_id``, the first product that goes by the same code or title."""
    import ibis

    products = context.snapshot.tables["products"]
    named = products.select("product_id", article=ibis.ifelse(products.sku != "", products.sku, products.title))
    named = named.filter(named.article != "")
    return named.mutate(article_id=named.product_id.min().over(ibis.window(group_by="article"))).drop("article")


def _names(context: Context, product_id: Ints) -> dict[int, tuple[str, str]]:
    products = context.snapshot.tables["products"]
    rows = context.snapshot.execute(products.select("product_id", "title", "sku", "category")).to_pylist()
    wanted = set(product_id.tolist())
    return {
        row["product_id"]: (row["title"] or row["sku"], row["category"] or "")
        for row in rows
        if row["product_id"] in wanted
    }


def _ints(rows: Any, column: str) -> Ints:
    import pyarrow as pa

    values = rows.column(column)
    values = values.cast(pa.int32()) if pa.types.is_date(values.type) else values
    return np.asarray(values.to_numpy(), np.int64)
