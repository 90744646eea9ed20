"""What the warehouse copies of shops and orders, and what it derives of them for each customer.

Amounts called ``value`` are in minor units of the merchant's currency, at the rate of the Settings page; null while
there is no rate (see values.py). They are worked out here, once, so that every report and segment reads the same
money. A change of the merchant's currency or of a rate needs a full refresh, because no order changes with it.
"""

from typing import TYPE_CHECKING

from guanxi.commerce.values import COUNTED, NET, RATES, RETURNED, value
from guanxi.warehouse.specs import FactSpec, Tables, TableSpec, export

if TYPE_CHECKING:
    import ibis

PIECES = "round(least(greatest(o.pieces, -1e12), 1e12) * 1000)::bigint"
"""In thousandths, because whole numbers are packed tighter than fractions and read sooner; see write_parquet."""
ORDERS = f"""WITH {RATES}
  SELECT o.id AS order_id, o.shop_id, o.customer_id, o.external_id, o.kind, o.status, {COUNTED} AS counted, o.currency,
    o.total, o.refunded_total, o.discount_total,
    {value("o.total")} AS value, {value(RETURNED)} AS refunded_value,
    {NET} AS net_value,
    o.placed_at, o.paid_at, o.completed_at, o.cancelled_at, o.region, o.country,
    o.discount_total > 0 OR o.discount_codes <> '{{}}' AS discounted, o.import_id, o.line_count AS lines,
    {PIECES} AS milli_pieces, o.changed_xact
  FROM commerce_order o LEFT JOIN rates r ON r.currency = o.currency
"""
LINES = f"""WITH {RATES}
  SELECT l.order_id, l.number, l.product_id, l.quantity, l.unit_price, l.total, {value("l.total")} AS value,
    o.changed_xact
  FROM commerce_order o JOIN commerce_orderline l ON l.order_id = o.id LEFT JOIN rates r ON r.currency = o.currency
"""
REFUNDS = f"""WITH {RATES}
  SELECT f.order_id, f.number, f.amount, {value("f.amount")} AS value, f.refunded_at, f.reason, o.changed_xact
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
        items=orders.milli_pieces.sum(where=counted).cast("float64") / 1000,
    )


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
            "items": 0.0,
        },
    ),
)
