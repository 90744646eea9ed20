"""Pieces of SQL that say what an order is worth: in the merchant's currency, less what went back.

The warehouse's tables and the queries that need this second's figures are made of the same pieces, so that every part
of the house reads the same money.
"""

from babel.numbers import get_currency_precision, list_currencies
from django.conf import settings

from guanxi.commerce.types import COUNTED_STATUSES

UNUSUAL_DIGITS = ", ".join(
    f"('{code}', {digits})"
    for code, digits in ((code, get_currency_precision(code)) for code in sorted(list_currencies()))
    if digits != 2
)
"""Currencies whose minor unit is no hundredth (ISO 4217 via CLDR)."""
MERCHANT = (
    f"coalesce((SELECT value #>> '{{}}' FROM core_setting WHERE name = 'currency'), '{settings.DEFAULT_CURRENCY}')"
)
RATES = f"""rates AS MATERIALIZED (
  SELECT c.currency,
    CASE WHEN c.currency = m.currency THEN 1::numeric
      ELSE r.rate * power(10::numeric, coalesce(dm.digits, 2) - coalesce(dc.digits, 2)) END AS factor
  FROM (SELECT {MERCHANT} AS currency) m
  CROSS JOIN LATERAL (SELECT currency FROM core_exchangerate UNION SELECT m.currency) c
  LEFT JOIN core_exchangerate r ON r.currency = c.currency
  LEFT JOIN (VALUES {UNUSUAL_DIGITS}) dm (code, digits) ON dm.code = m.currency
  LEFT JOIN (VALUES {UNUSUAL_DIGITS}) dc (code, digits) ON dc.code = c.currency
)"""
"""Of a WITH: currency and what one of its minor units is worth in minor units of the merchant's."""
STATUSES = ", ".join(f"'{status}'" for status in COUNTED_STATUSES)
COUNTED = f"(o.kind = 'sale' AND o.total > 0 AND o.status IN ({STATUSES}))"
"""Whether the order ``o`` is a sale that counts."""
RETURNED = "CASE o.kind WHEN 'sale' THEN o.refunded_total ELSE greatest(o.refunded_total, o.total) END"
"""What went back of the order ``o``; a credit note is all of it."""


def value(amount: str) -> str:
    """An amount of the order ``o`` in the merchant's currency, where its rate is joined as ``r``; null without one."""
    return f"CASE r.factor WHEN 1 THEN {amount} ELSE round({amount} * r.factor)::bigint END"


NET = f"""CASE WHEN {COUNTED} THEN {value("o.total")} - {value(RETURNED)}
      WHEN o.kind = 'credit_note' THEN -({value(RETURNED)}) ELSE 0 END"""
"""What is left of the order ``o``, in the merchant's currency."""
