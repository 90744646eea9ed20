"""Relations of this room that rooms above may name in SQL of their own, where work on customers is done in sets."""

PRESENT = """
SELECT id AS customer_id, birth_month, first_shop_id, created_at FROM customers_customer WHERE erased_at IS NULL
  AND merged_into IS NULL
"""
"""Customers who are there, with derived facts; never personal data."""
