"""Relations of this room that rooms above may name in SQL of their own, where work on orders is done in sets.

Each is a SELECT for a common table expression or a subquery. Their columns are a promise; the tables are not.
"""

from guanxi.commerce.types import COUNTED_STATUSES

_COUNTED = ", ".join(f"'{status}'" for status in COUNTED_STATUSES)

_BACK = f"CASE WHEN status IN ({_COUNTED}) AND status <> 'refunded' THEN least(total, refunded_total) ELSE total END"

PAID_ORDERS = f"""
SELECT id AS order_id, shop_id, customer_id, coalesce(origin_customer_id, customer_id) AS origin_customer_id, currency,
  total, shipping_total, {_BACK} AS given_back,
  coalesce(paid_at, placed_at) AS paid_at
FROM commerce_order WHERE kind = 'sale' AND total > 0 AND status IN ({_COUNTED})
"""
"""Sales that count. Money in minor units of ``currency``; ``given_back`` is all of ``total`` where all went back."""

GIVEN_BACK = f"""
SELECT id AS order_id, total, currency, {_BACK} AS given_back
FROM commerce_order WHERE kind = 'sale' AND total > 0
"""
"""All sales with the part of the total that does not count, or no more: refunds, or all of it when cancelled."""

LINES = "SELECT order_id, product_id, total FROM commerce_orderline"
"""Lines of orders. ``total`` is after the line's own discount, before that of the whole order."""

PRODUCTS = "SELECT id AS product_id, shop_id, category FROM commerce_product"
