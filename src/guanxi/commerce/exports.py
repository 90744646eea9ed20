"""What the warehouse copies of shops and orders, and what it derives of them for each customer.

Amounts called ``value`` are in minor units of the merchant's currency, at the rate of the Settings page; null while
there is no rate. They are worked out here, once, so that every report and segment reads the same money. A change of
the merchant's currency or of a rate needs a full refresh, because no order changes with it.
"""

from typing import TYPE_CHECKING

from babel.numbers import get_currency_precision, list_currencies
from django.conf import settings

from guanxi.commerce.types import COUNTED_STATUSES
from guanxi.warehouse.specs import FactSpec, Tables, TableSpec, export

if TYPE_CHECKING:
    import ibis

UNUSUAL_DIGITS = ", ".join(
    f"('{code}', {digits})"
    for code, digits in ((code, get_currency_precision(code)) for code in sorted(list_currencies()))
    if digits != 2
)
"""Currencies whose minor unit is no hundredth (ISO 4217 via CLDR)."""
MERCHANT = (
    f"coalesce((SELECT value #>> '{{}}' FROM core_setting WHERE name = 'currency'), '{settings.DEFAULT_CURRENCY}')"
)
RATES = f"""WITH rates AS MATERIALIZED (
  SELECT c.currency,
    CASE WHEN c.currency = m.currency THEN 1::numeric
      ELSE r.rate * power(10::numeric, coalesce(dm.digits, 2) - coalesce(dc.digits, 2)) END AS factor
  FROM (SELECT {MERCHANT} AS currency) m
  CROSS JOIN LATERAL (SELECT currency FROM core_exchangerate UNION SELECT m.currency) c
  LEFT JOIN core_exchangerate r ON r.currency = c.currency
  LEFT JOIN (VALUES {UNUSUAL_DIGITS}) dm (code, digits) ON dm.code = m.currency
  LEFT JOIN (VALUES {UNUSUAL_DIGITS}) dc (code, digits) ON dc.code = c.currency
)"""
"""Currency and what one of its minor units is worth in minor units of the merchant's."""
STATUSES = ", ".join(f"'{status}'" for status in COUNTED_STATUSES)
COUNTED = f"(o.kind = 'sale' AND o.total > 0 AND o.status IN ({STATUSES}))"
RETURNED = "CASE o.kind WHEN 'sale' THEN o.refunded_total ELSE greatest(o.refunded_total, o.total) END"
"""What went back; a credit note is all of it."""


def _value(amount: str) -> str:
    return f"CASE r.factor WHEN 1 THEN {amount} ELSE round({amount} * r.factor)::bigint END"


ORDERS = f"""{RATES}
  SELECT o.id AS order_id, o.shop_id, o.customer_id, o.external_id, o.kind, o.status, {COUNTED} AS counted, o.currency,
    o.total, o.refunded_total, o.discount_total,
    {_value("o.total")} AS value, {_value(RETURNED)} AS refunded_value,
    CASE WHEN {COUNTED} THEN {_value("o.total")} - {_value(RETURNED)}
      WHEN o.kind = 'credit_note' THEN -({_value(RETURNED)}) ELSE 0 END AS net_value,
    o.placed_at, o.paid_at, o.completed_at, o.cancelled_at, o.region, o.country,
    o.discount_total > 0 OR o.discount_codes <> '{{}}' AS discounted, o.import_id, o.line_count AS lines, o.changed_xact
  FROM commerce_order o LEFT JOIN rates r ON r.currency = o.currency
"""
LINES = f"""{RATES}
  SELECT l.order_id, l.number, l.product_id, l.quantity, l.unit_price, l.total, {_value("l.total")} AS value,
    o.changed_xact
  FROM commerce_order o JOIN commerce_orderline l ON l.order_id = o.id LEFT JOIN rates r ON r.currency = o.currency
"""
REFUNDS = f"""{RATES}
  SELECT f.order_id, f.number, f.amount, {_value("f.amount")} AS value, f.refunded_at, f.reason, o.changed_xact
  FROM commerce_order o JOIN commerce_refund f ON f.order_id = o.id LEFT JOIN rates r ON r.currency = o.currency
"""
SHIPMENTS = """
  SELECT s.order_id, s.number, s.carrier, s.shipped_at, s.delivered_at, o.changed_xact
  FROM commerce_order o JOIN commerce_shipment s ON s.order_id = o.id
"""


def order_facts(tables: Tables) -> "ibis.Table":
    """What each customer's orders add up to. Counts and sums are of sales that count, unless their name says else;
    ``revenue`` is net of refunds and credit notes."""
    import ibis

    orders = tables["orders"]
    orders = orders.filter(orders.customer_id.notnull())
    sale, counted = orders.kind == "sale", orders.counted
    gross = orders.value.sum(where=counted)
    number = orders.count(where=counted)
    return orders.group_by("customer_id").aggregate(
        orders=number,
        revenue=orders.net_value.sum(),
        gross_revenue=gross,
        refunded_value=orders.refunded_value.sum(where=counted | ~sale),
        average_order=gross.cast("float64") / number.nullif(0),
        first_order_at=orders.placed_at.min(where=counted),
        last_order_at=orders.placed_at.max(where=counted),
        shops=orders.shop_id.nunique(where=counted),
        discounted_orders=orders.count(where=counted & orders.discounted),
        refunded_orders=orders.count(where=counted & (orders.refunded_total > 0)),
        unpaid_orders=orders.count(where=sale & (orders.status == "unpaid")),
        cancelled_orders=orders.count(where=sale & (orders.status == "cancelled")),
        largest_order=ibis.coalesce(orders.value.max(where=counted), 0),
    )


def item_facts(tables: Tables) -> "ibis.Table":
    """How many pieces each customer bought in sales that count."""
    orders, lines = tables["orders"], tables["order_lines"]
    bought = orders.filter(orders.counted & orders.customer_id.notnull()).select("order_id", "customer_id")
    pieces = bought.join(lines.select("order_id", "quantity"), "order_id")
    return pieces.group_by("customer_id").aggregate(items=pieces.quantity.sum())


export(
    TableSpec(
        name="shops",
        select="SELECT id AS shop_id, name, connector, currency, changed_xact FROM commerce_shop",
        key="shop_id",
    ),
    TableSpec(
        name="products",
        select="SELECT id AS product_id, shop_id, key, title, sku, category, changed_xact FROM commerce_product",
        key="product_id",
    ),
    TableSpec(name="orders", select=ORDERS, key="order_id", customer_key="customer_id"),
    TableSpec(name="order_lines", select=LINES, key="order_id", part_of="orders"),
    TableSpec(name="refunds", select=REFUNDS, key="order_id", part_of="orders"),
    TableSpec(name="shipments", select=SHIPMENTS, key="order_id", part_of="orders"),
    FactSpec(
        name="orders",
        tables=("orders",),
        build=order_facts,
        defaults={
            "orders": 0,
            "revenue": 0,
            "gross_revenue": 0,
            "refunded_value": 0,
            "average_order": None,
            "first_order_at": None,
            "last_order_at": None,
            "shops": 0,
            "discounted_orders": 0,
            "refunded_orders": 0,
            "unpaid_orders": 0,
            "cancelled_orders": 0,
            "largest_order": 0,
        },
    ),
    FactSpec(name="items", tables=("orders", "order_lines"), build=item_facts, defaults={"items": 0.0}),
)
