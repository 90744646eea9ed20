"""Earning: lots for paid orders, for becoming a customer and for the month of birth, written in sets.

Points of an order: what was paid without shipping, in the merchant's currency, rounded to minor units; times the rule's
points for each amount; times the customer's multiplier; rounded down once for the whole order. Where rules differ by
product, each line weighs by its total: discounts of the whole order lower all lines alike. Where rules have dates, time
is cut at them into periods, numbered from 0, in each of which the same rules hold.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from guanxi.commerce import queries as commerce
from guanxi.commerce import relations
from guanxi.core import bulk, preferences
from guanxi.customers import relations as people
from guanxi.customers.following import hold_still
from guanxi.loyalty.models import PointsProgramme, PointsRule
from guanxi.loyalty.points import multipliers, programmes
from guanxi.loyalty.points.allocation import ENTRY, ENTRY_COLUMNS, LOT, change, execute
from guanxi.loyalty.points.programmes import Scope
from guanxi.loyalty.points.types import Expiry, RuleKind

EXPIRES = {
    Expiry.NEVER: "NULL::timestamptz",
    Expiry.ROLLING: "(date_trunc('day', {at} AT TIME ZONE %(zone)s + make_interval(months => %(months)s))"
    " + interval '1 day') AT TIME ZONE %(zone)s",
    Expiry.YEAR_END: "(date_trunc('year', {at} AT TIME ZONE %(zone)s + make_interval(months => %(months)s))"
    " + interval '1 year') AT TIME ZONE %(zone)s",
}
"""When points that are valid from ``at`` are so no more: a midnight of the merchant's zone."""
LOT_COLUMNS = (
    "programme_id, customer_id, origin_customer_id, kind, order_id, points, remaining, held, reversed, multiplier,"
    " amount, earned_at, valid_from, expires_at"
)
EARNED = "points.earned"


def award_orders(order_ids: Sequence[int], *, now: datetime) -> int:
    """Give points for those of these orders that are paid and have none yet. Returns for how many there were points.

    The same again gives nothing. The orders may be of any shops. Under `hold_still`.
    """
    return sum(_award(scope, order_ids, now) for scope in programmes.active()) if order_ids else 0


ORDERS = f"""
SELECT p.order_id, p.customer_id, p.origin_customer_id, p.shop_id, p.paid_at, p.currency, p.total, p.shipping_total,
  width_bucket(p.paid_at, %(edges)s::timestamptz[]) AS period
FROM ({relations.PAID_ORDERS}) p
WHERE p.order_id = ANY(%(orders)s::bigint[]) AND p.customer_id IS NOT NULL AND p.given_back < p.total
  AND p.paid_at >= %(starts)s AND p.{{shops}}
"""
WITHOUT = f"""WITH
given AS MATERIALIZED (
  SELECT order_id FROM {LOT} WHERE kind = 'order' AND order_id = ANY(%(orders)s::bigint[])
),
due AS MATERIALIZED (
  SELECT order_id, customer_id FROM ({{orders}}) o WHERE NOT EXISTS (SELECT FROM given g WHERE g.order_id = o.order_id)
)
SELECT array_agg(order_id)::text, array_agg(DISTINCT customer_id)::text FROM due
"""
"""The orders that have no points yet, and their customers; as texts, for one goes back as it came."""
SHOP_RATES = """
SELECT o.shop_id, o.period, coalesce((
  SELECT r.points::numeric / r.per_amount FROM rules r
  WHERE r.product_id IS NULL AND r.category = '' AND (r.shop_id IS NULL OR r.shop_id = o.shop_id)
    AND o.period >= r.first AND o.period < r.after
  ORDER BY r.shop_id IS NULL, r.dated DESC, r.id LIMIT 1), 0) AS rate
FROM (SELECT DISTINCT shop_id, period FROM eligible) o
"""
"""One rate for each shop and period of the batch."""
LINE_RATES = f"""
rates AS MATERIALIZED ({SHOP_RATES}),
lines AS MATERIALIZED (
  SELECT l.order_id, l.product_id, l.total, e.period FROM ({relations.LINES}) l JOIN eligible e USING (order_id)
  WHERE l.order_id = ANY(%(orders)s::bigint[]) AND l.total > 0
),
product_rates AS MATERIALIZED (
  SELECT p.product_id, s.period, coalesce((
    SELECT r.points::numeric / r.per_amount FROM rules r
    WHERE (r.product_id IS NULL OR r.product_id = p.product_id) AND (r.category = '' OR r.category = p.category)
      AND (r.shop_id IS NULL OR r.shop_id = p.shop_id) AND s.period >= r.first AND s.period < r.after
    ORDER BY r.product_id IS NULL, r.category = '', r.shop_id IS NULL, r.dated DESC, r.id LIMIT 1), 0) AS rate
  FROM ({relations.PRODUCTS}) p JOIN (SELECT DISTINCT product_id, period FROM lines) s USING (product_id)
),
order_rates AS (
  SELECT l.order_id, sum(l.total * r.rate) / sum(l.total) AS rate
  FROM lines l JOIN product_rates r USING (product_id, period) GROUP BY l.order_id
)"""
AWARD = """WITH
rules AS MATERIALIZED (
  SELECT id, points, per_amount, shop_id, category, product_id,
    valid_from IS NOT NULL OR valid_until IS NOT NULL AS dated,
    coalesce(width_bucket(valid_from, %(edges)s::timestamptz[]), 0) AS first,
    coalesce(width_bucket(valid_until, %(edges)s::timestamptz[]), 1 + cardinality(%(edges)s::timestamptz[])) AS after
  FROM loyalty_pointsrule
  WHERE programme_id = %(programme)s AND kind = 'amount'
),
eligible AS MATERIALIZED ({orders}),
{rates},
amounts AS MATERIALIZED (
  SELECT e.*, round(greatest(e.total - e.shipping_total, 0) * f.factor)::bigint AS amount, {rate} AS rate,
    coalesce(round(m.times, 3), 1) AS multiplier, e.paid_at + make_interval(hours => %(return_hours)s) AS valid_from
  FROM eligible e JOIN unnest(%(currencies)s::text[], %(factors)s::numeric[]) f (currency, factor) USING (currency)
  JOIN rates s USING (shop_id, period)
  LEFT JOIN unnest(%(multiplied)s::bigint[], %(times)s::numeric[]) m (customer_id, times) USING (customer_id)
  {joins}
),
due AS MATERIALIZED (
  SELECT *, floor(round(amount * rate * multiplier, 6))::bigint AS points, {expires} AS expires_at FROM amounts
),
lots AS (
  INSERT INTO loyalty_pointslot ({lot_columns})
  SELECT %(programme)s, customer_id, origin_customer_id, 'order', order_id, points, points, 0, 0,
    multiplier, amount, paid_at, valid_from, expires_at
  FROM due WHERE points > 0 AND (expires_at IS NULL OR expires_at > %(now)s) ORDER BY order_id
  ON CONFLICT (order_id) WHERE kind = 'order' DO NOTHING
  RETURNING id, customer_id, origin_customer_id, order_id, points, earned_at
),
{written}
"""
WRITTEN = f"""
entries AS (
  INSERT INTO {ENTRY} ({ENTRY_COLUMNS})
  SELECT %(programme)s, customer_id, origin_customer_id, id, {{key}}, 'earn', points, earned_at, {{order}}, NULL, '',
    '{{{{}}}}'
  FROM lots
)
INSERT INTO core_event (kind, customer_id, subject_id, occurred_at, recorded_at, data)
SELECT '{EARNED}', customer_id, id, earned_at, %(now)s,
  jsonb_build_object('programme_id', %(programme)s::bigint, 'points', points)
FROM lots
"""


def _award(scope: Scope, order_ids: Sequence[int], now: datetime) -> int:
    programme = scope.programme
    rules = [rule for rule in programme.rules.all() if rule.kind == RuleKind.AMOUNT]
    if not rules:
        return 0
    orders = ORDERS.format(shops=scope.condition)
    parameters: dict[str, Any] = {
        **_terms(programme, now),
        "orders": bulk.numbers(order_ids),
        "shops": list(scope.shop_ids),
        "starts": programme.starts_at,
        "edges": sorted({edge for rule in rules for edge in (rule.valid_from, rule.valid_until) if edge}),
    }
    ((due, buyers),) = execute(WITHOUT.format(orders=orders), parameters)
    if not due:
        return 0
    factors = commerce.rates_to_merchant()
    times = multipliers.multiplier(bulk.read_numbers(buyers), now)
    by_line = any(rule.product_id or rule.category for rule in rules)
    return change(
        AWARD.format(
            orders=orders,
            rates=LINE_RATES if by_line else f"rates AS MATERIALIZED ({SHOP_RATES})",
            rate="coalesce(o.rate, s.rate)" if by_line else "s.rate",
            joins="LEFT JOIN order_rates o ON o.order_id = e.order_id" if by_line else "",
            expires=EXPIRES[Expiry(programme.expiry)].format(at="valid_from"),
            lot_columns=LOT_COLUMNS,
            written=WRITTEN.format(key="'order:' || order_id", order="order_id"),
        ),
        {
            **parameters,
            "orders": due,
            "return_hours": 24 * programme.return_days,
            "currencies": list(factors),
            "factors": list(factors.values()),
            "multiplied": bulk.numbers(times),
            "times": bulk.array(map(str, times.values())),
        },
    )


def _terms(programme: PointsProgramme, now: datetime) -> dict[str, Any]:
    return {
        "programme": programme.pk,
        "now": now,
        "zone": str(preferences.time_zone()),
        "months": programme.expiry_months,
    }


def holds(rule: PointsRule, at: datetime) -> bool:
    """Whether a rule holds at a moment."""
    return not (rule.valid_from and at < rule.valid_from) and not (rule.valid_until and at >= rule.valid_until)


GIFT = """WITH
lots AS (
  INSERT INTO loyalty_pointslot ({lot_columns})
  SELECT %(programme)s, p.customer_id, p.customer_id, %(kind)s, NULL, %(points)s, %(points)s, 0, 0, 1, 0, %(now)s,
    %(now)s, {expires}
  FROM ({people}) p
  WHERE {who} AND NOT EXISTS (SELECT FROM loyalty_pointsentry e WHERE e.key = {key})
  ORDER BY p.customer_id
  RETURNING id, customer_id, origin_customer_id, points, earned_at
),
{written}
"""


@transaction.atomic
def welcome(customer_ids: Sequence[int], *, now: datetime) -> int:
    """Give those who have just become customers what the programme of their shop has for that. Once for each."""
    hold_still()
    return sum(
        _give(
            scope,
            RuleKind.SIGNUP,
            who="p.customer_id = ANY(%(customers)s::bigint[]) AND p.created_at >= %(starts)s"
            f" AND coalesce(p.first_shop_id, 0) {scope.condition.removeprefix('shop_id ')}",
            mark="",
            now=now,
            customers=bulk.numbers(customer_ids),
            shops=list(scope.shop_ids),
        )
        for scope in programmes.active()
        if customer_ids
    )


@transaction.atomic
def birthdays(*, now: datetime) -> int:
    """Give everyone born in this month of the merchant's zone their points, once a year."""
    hold_still()
    today = now.astimezone(preferences.time_zone())
    return sum(
        _give(
            scope,
            RuleKind.BIRTHDAY,
            who="p.birth_month = %(month)s"
            f" AND coalesce(p.first_shop_id, 0) {scope.condition.removeprefix('shop_id ')}",
            mark=f":{today.year}",
            now=now,
            month=today.month,
            shops=list(scope.shop_ids),
        )
        for scope in programmes.active()
    )


def _give(scope: Scope, kind: RuleKind, *, who: str, mark: str, now: datetime, **parameters: Any) -> int:
    programme = scope.programme
    points = sum(rule.points for rule in programme.rules.all() if rule.kind == kind and holds(rule, now))
    if not points:
        return 0
    key = f"'{kind.value}:{programme.pk}:' || {{customer}} || '{mark}'"
    return change(
        GIFT.format(
            lot_columns=LOT_COLUMNS,
            expires=EXPIRES[Expiry(programme.expiry)].format(at="%(now)s::timestamptz"),
            people=people.PRESENT,
            who=who,
            key=key.format(customer="p.customer_id"),
            written=WRITTEN.format(key=key.format(customer="customer_id"), order="NULL::bigint"),
        ),
        {**_terms(programme, now), "starts": programme.starts_at, "kind": kind.value, "points": points, **parameters},
    )
