"""Rows of sales, and the measures that the reports on sales share. The words here are the definitions on the pages.

*An order that counts* is a sale that is paid, shipped, completed or refunded, with a total above zero. It belongs to
the day on which it was placed, in the merchant's time zone. Amounts are in the merchant's currency; an order in a
currency without an exchange rate has none, and is left out of every number and listed beside them.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from guanxi.analytics.reports.base import COUNT, CUSTOMERS, MONEY, SHARE, Context, Expression, Table
from guanxi.analytics.reports.measures import Measure, Measures, Ratio
from guanxi.analytics.reports.periods import DAY, Period


def sales_rows(context: Context, *, shop_id: int | None) -> Table:
    """Orders that count and credit notes, with ``first_order_at`` of their customer (null for guests)."""
    orders, facts = context.tables["orders"], context.tables["customer_facts"]
    chosen = orders.filter(orders.counted | (orders.kind == "credit_note"))
    if shop_id is not None:
        chosen = chosen.filter(chosen.shop_id == shop_id)
    chosen = chosen.select(
        "order_id",
        "external_id",
        "shop_id",
        "customer_id",
        "placed_at",
        "kind",
        "status",
        "counted",
        "currency",
        "total",
        "value",
        "net_value",
        "region",
        "country",
    )
    firsts = facts.select("first_order_at", buyer=facts.customer_id)
    return chosen.left_join(firsts, chosen.customer_id == firsts.buyer).drop("buyer")


def everything(context: Context) -> Period | None:
    """From the day of the first order that counts to that of the last; None when there is none."""
    orders = context.tables["orders"]
    counted = orders.filter(orders.counted)
    ends = context.fetch(counted.aggregate(first=counted.placed_at.min(), last=counted.placed_at.max()))
    first, last = ends[0]["first"], ends[0]["last"]
    if first is None:
        return None
    return Period(local_day(first, context.zone), local_day(last, context.zone) + DAY)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone).date()


def is_sale(rows: Table) -> Expression:
    return rows.counted & rows.value.notnull()


def is_unpriced(rows: Table) -> Expression:
    return rows.counted & rows.value.isnull()


def of_known(rows: Table) -> Expression:
    return is_sale(rows) & rows.customer_id.notnull()


def of_guests(rows: Table) -> Expression:
    return is_sale(rows) & rows.customer_id.isnull()


def is_returning(rows: Table) -> Expression:
    return of_known(rows) & (rows.placed_at > rows.first_order_at).fill_null(False)


def is_first(rows: Table) -> Expression:
    return of_known(rows) & ~(rows.placed_at > rows.first_order_at).fill_null(False)


def _priced(rows: Table) -> Expression:
    return rows.net_value.notnull() & (is_sale(rows) | (rows.kind == "credit_note"))


def _value(rows: Table) -> Expression:
    return rows.value


def _net(rows: Table) -> Expression:
    return rows.net_value


def _given_back(rows: Table) -> Expression:
    import ibis

    return ibis.ifelse(rows.kind == "credit_note", -rows.net_value, rows.value - rows.net_value)


def _with_refund(rows: Table) -> Expression:
    return _priced(rows) & (_given_back(rows) != 0).fill_null(False)


RETURNING = _(
    "A returning customer's order is one before which the same customer had already placed an order that counts, in "
    "any of your shops. All other orders of known customers are first orders."
)

SALES = Measure(
    "sales",
    _("Sales"),
    MONEY,
    _(
        "What buyers were to pay for the orders that count and were placed on these days, before refunds, in your "
        "currency. Orders count when they are paid, shipped, completed or refunded, with a total above zero."
    ),
    is_sale,
    _value,
)
ALL_ORDERS = Measure(
    "orders",
    _("Orders"),
    COUNT,
    _(
        "Orders placed on these days that are paid, shipped, completed or refunded, with a total above zero; those of "
        "guests too."
    ),
    is_sale,
)
BUYERS = Measure(
    "customers",
    _("Customers"),
    COUNT,
    _("Different known customers who placed these orders. Guests cannot be counted: nobody knows who they are."),
    of_known,
    of=CUSTOMERS,
)
AVERAGE = Ratio("average_order", _("Average order"), MONEY, _("Sales divided by orders."), "sales", "orders")
KNOWN_SALES = Measure(
    "known_sales", _("Sales to known customers"), MONEY, _("Sales without those to guests."), of_known, _value
)
KNOWN_ORDERS = Measure(
    "known_orders", _("Orders of known customers"), COUNT, _("Orders without those of guests."), of_known
)
FIRST_SALES = Measure("new_sales", _("Sales of first orders"), MONEY, RETURNING, is_first, _value)
FIRST_ORDERS = Measure("new_orders", _("First orders"), COUNT, RETURNING, is_first)
NEW_CUSTOMERS = Measure(
    "new_customers",
    _("New customers"),
    COUNT,
    _("Customers whose first order that counts, in any of your shops, was placed on these days."),
    is_first,
    of=CUSTOMERS,
)
RETURNING_SALES = Measure("returning_sales", _("Sales to returning customers"), MONEY, RETURNING, is_returning, _value)
RETURNING_ORDERS = Measure("returning_orders", _("Orders of returning customers"), COUNT, RETURNING, is_returning)
RETURNING_CUSTOMERS = Measure(
    "returning_customers", _("Returning customers"), COUNT, RETURNING, is_returning, of=CUSTOMERS
)
RETURNING_SHARE = Ratio(
    "returning_share",
    _("Returning customers' share"),
    SHARE,
    _(
        "Sales to returning customers as a share of the sales to all known customers. An order is a returning "
        "customer's when the same customer had placed an order that counts before it, in any of your shops. Guests are "
        "left out, because nobody knows whether they return."
    ),
    "returning_sales",
    "known_sales",
)
GUEST_SALES = Measure(
    "guest_sales",
    _("Sales to guests"),
    MONEY,
    _("Sales of orders that belong to no known customer."),
    of_guests,
    _value,
)
GUEST_ORDERS = Measure(
    "guest_orders", _("Orders of guests"), COUNT, _("Orders that belong to no known customer."), of_guests
)
REFUNDS = Measure(
    "refunds",
    _("Refunds"),
    MONEY,
    _(
        "What has been given back until today for the orders placed on these days, and the credit notes dated on these "
        "days that name no order."
    ),
    _with_refund,
    _given_back,
)
NET_SALES = Measure("net_sales", _("Sales after refunds"), MONEY, _("Sales less refunds."), _priced, _net)

UNPRICED = Measure(
    "unpriced_orders",
    _("Orders without an exchange rate"),
    COUNT,
    _("Orders that would count, in a currency without an exchange rate. They are left out of everything else."),
    is_unpriced,
)

EVERY = Measures(
    (
        SALES,
        ALL_ORDERS,
        BUYERS,
        AVERAGE,
        KNOWN_SALES,
        KNOWN_ORDERS,
        FIRST_SALES,
        FIRST_ORDERS,
        NEW_CUSTOMERS,
        RETURNING_SALES,
        RETURNING_ORDERS,
        RETURNING_CUSTOMERS,
        RETURNING_SHARE,
        GUEST_SALES,
        GUEST_ORDERS,
        REFUNDS,
        NET_SALES,
        UNPRICED,
    )
)
"""All of them; what is asked of a summary."""
