"""Who changes tier at a moment, found and written in sets.

`plan` makes the temporary table ``tier_plan`` with one row for each customer whose state changes; `write` makes it so.
A preview is a plan that is not written, so it says what then happens. The same state and the same day give an empty
plan: running twice, or again after being cut off, changes nothing.

Each customer has two tracks. The earned one follows the orders: up at once; down on a day with grace. The other is
what was set by hand, a floor until its last day is over. The higher of the two holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from guanxi.commerce import queries as commerce
from guanxi.core import bulk, events
from guanxi.customers import queries as customers
from guanxi.loyalty.models.tiers import Downgrade, Match, Reason
from guanxi.loyalty.tiers.earned import points_sql
from guanxi.loyalty.tiers.events import TierLowered, TierRaised, TierWarned
from guanxi.loyalty.tiers.types import Evaluated
from guanxi.loyalty.tiers.windows import Window, fall_day

WORK_MEMORY = "256MB"
"""For the sums of a million customers; only one evaluation of a programme runs at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One tier as the engine sees it; the lowest has rank 1."""

    tier_id: int
    rank: int
    min_spend: int | None
    min_orders: int | None
    min_points: int | None
    match: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A programme as the engine sees it."""

    programme_id: int
    shop_id: int | None
    window: Window
    rungs: Sequence[Rung]
    retired: dict[int, int]
    """Tiers that were taken out, and the rank which their members keep at least: that of the next lower one."""
    downgrade: str
    grace_days: int
    fall_month: int
    fall_day: int
    warn_days: int

    @property
    def falls_on(self) -> date | None:
        """When those lose their tier who are found below it today."""
        return fall_day(self.window.today, self.downgrade, self.grace_days, self.fall_month, self.fall_day)


PLAN = """
CREATE TEMP TABLE tier_plan ON COMMIT DROP AS
WITH ladder (tier_id, rank) AS (VALUES {ladder}),
sums AS ({sums}),
earned AS (SELECT customer_id, orders, spend, points, {earned_rank} AS rank FROM sums),
held AS (
  SELECT m.id, m.customer_id, m.tier_id, m.earned_tier_id, coalesce(t.rank, 0) AS rank,
    coalesce(e.rank, 0) AS earned_rank, m.falls_on, m.loses_on, m.warned_for
  FROM loyalty_tiermember m
  LEFT JOIN ladder t ON t.tier_id = m.tier_id LEFT JOIN ladder e ON e.tier_id = m.earned_tier_id
  WHERE m.programme_id = %(programme)s AND NOT m.spare{among_members}
),
hand AS (
  SELECT DISTINCT ON (g.customer_id) g.customer_id, l.rank, g.until
  FROM loyalty_tiergrant g JOIN ladder l ON l.tier_id = g.tier_id
  WHERE g.programme_id = %(programme)s AND g.ended_at IS NULL AND g.until >= %(today)s{among_grants}
  ORDER BY g.customer_id, l.rank DESC, g.until DESC
),
seen AS (
  SELECT customer_id, h.id AS member_id, h.tier_id AS from_tier_id, h.rank AS from_rank, h.earned_tier_id,
    h.falls_on AS fell_on, h.loses_on AS lost_on, h.warned_for,
    coalesce(h.earned_rank, 0) AS had, coalesce(e.rank, 0) AS meets, coalesce(g.rank, 0) AS hand, g.until,
    coalesce(e.orders, 0) AS orders, coalesce(e.spend, 0) AS spend,
    coalesce(e.points, 0) AS points
  FROM held h FULL JOIN earned e USING (customer_id) FULL JOIN hand g USING (customer_id)
  WHERE coalesce(h.tier_id, h.earned_tier_id) IS NOT NULL OR e.rank > 0 OR g.rank > 0
),
fallen AS (
  SELECT *, CASE WHEN meets < had THEN {falls_on} END AS pending FROM seen
),
kept AS (
  SELECT *, CASE WHEN meets >= had OR pending <= %(today)s THEN meets ELSE had END AS earned,
    CASE WHEN pending > %(today)s THEN pending END AS falls_on
  FROM fallen
),
stands AS (
  SELECT *, greatest(earned, hand) AS rank,
    CASE WHEN hand > earned THEN until + 1 WHEN falls_on IS NULL THEN NULL
      WHEN hand = earned THEN greatest(falls_on, until + 1) ELSE falls_on END AS loses_on,
    CASE WHEN hand > earned THEN earned ELSE meets END AS later
  FROM kept
),
warned AS (
  SELECT *, coalesce(loses_on > %(today)s AND loses_on <= %(today)s + %(warn_days)s
    AND loses_on IS DISTINCT FROM warned_for, false) AS warns
  FROM stands
)
SELECT w.member_id, w.customer_id, w.from_tier_id, {tier_of_rank} AS to_tier_id, {tier_of_earned} AS earned_tier_id,
  w.falls_on, w.loses_on, CASE WHEN warns THEN w.loses_on ELSE w.warned_for END AS warned_for, w.warns,
  {tier_of_later} AS later_tier_id, coalesce(w.from_rank, 0) AS from_rank, w.rank AS to_rank, {reason} AS reason,
  w.orders, w.spend, w.points
FROM warned w
WHERE w.warns OR ({tier_of_rank}, {tier_of_earned}, w.falls_on, w.loses_on)
  IS DISTINCT FROM (w.from_tier_id, w.earned_tier_id, w.fell_on, w.lost_on)
"""
NOT_THERE = """
DELETE FROM tier_plan p
WHERE member_id IS NULL AND NOT EXISTS (SELECT FROM ({present}) c WHERE c.customer_id = p.customer_id)
"""
"""Orders of the erased keep their number, but nobody is behind it."""
UPDATE = """
UPDATE loyalty_tiermember m SET tier_id = p.to_tier_id, earned_tier_id = p.earned_tier_id, falls_on = p.falls_on,
  loses_on = p.loses_on, warned_for = p.warned_for,
  since = CASE WHEN m.tier_id IS DISTINCT FROM p.to_tier_id THEN %(now)s ELSE m.since END
FROM tier_plan p WHERE m.id = p.member_id
"""
INSERT = """
INSERT INTO loyalty_tiermember
  (programme_id, customer_id, tier_id, earned_tier_id, since, falls_on, loses_on, warned_for, spare)
SELECT %(programme)s, customer_id, to_tier_id, earned_tier_id, %(now)s, falls_on, loses_on, warned_for, false
FROM tier_plan WHERE member_id IS NULL ORDER BY customer_id
"""
"""In order, so that of two rows that came at once the same one counts after a merge, wherever this runs."""
MOVED = "from_tier_id IS DISTINCT FROM to_tier_id"
HISTORY = f"""
INSERT INTO loyalty_tierchange
  (programme_id, customer_id, from_tier_id, to_tier_id, at, reason, orders, spend, points, window_from, note)
SELECT %(programme)s, customer_id, from_tier_id, to_tier_id, %(now)s, reason, orders, spend, points, %(first)s,
  %(note)s
FROM tier_plan WHERE {MOVED}
"""
ANNOUNCE = """
SELECT %(kind)s, p.customer_id, p.to_tier_id, %(now)s, %(now)s, jsonb_build_object(
  'programme_id', %(programme)s::bigint, 'reason', p.reason, 'from_tier', coalesce(f.name, ''),
  'to_tier', coalesce(t.name, ''), 'first_evaluation', %(first_evaluation)s::boolean)
FROM tier_plan p LEFT JOIN loyalty_tier f ON f.id = p.from_tier_id LEFT JOIN loyalty_tier t ON t.id = p.to_tier_id
WHERE p.from_tier_id IS DISTINCT FROM p.to_tier_id AND {moved}
"""
WARN = """
SELECT %(kind)s, p.customer_id, p.to_tier_id, %(now)s, %(now)s, jsonb_build_object(
  'programme_id', %(programme)s::bigint, 'tier', coalesce(t.name, ''), 'next_tier', coalesce(l.name, ''),
  'loses_on', p.loses_on)
FROM tier_plan p LEFT JOIN loyalty_tier t ON t.id = p.to_tier_id LEFT JOIN loyalty_tier l ON l.id = p.later_tier_id
WHERE p.warns
"""


def plan(rules: Rules, *, customer_ids: Sequence[int] | None = None, reason: Reason | None = None) -> None:
    """Make the temporary table ``tier_plan`` for everyone, or for some customers, in the caller's transaction."""
    ranks = [(rung.tier_id, rung.rank) for rung in rules.rungs] + list(rules.retired.items())
    some = customer_ids is not None
    never = rules.downgrade == Downgrade.NEVER
    statement = PLAN.format(
        ladder=", ".join(f"({tier_id}::bigint, {rank})" for tier_id, rank in ranks) or "(0::bigint, 0)",
        sums=sums_sql(rules.rungs, one_shop=rules.shop_id is not None, some_customers=some),
        earned_rank=_earned_rank(rules.rungs),
        among_members=" AND m.customer_id = ANY(%(customer_ids)s::bigint[])" if some else "",
        among_grants=" AND g.customer_id = ANY(%(customer_ids)s::bigint[])" if some else "",
        falls_on="NULL::date" if never else "coalesce(fell_on, %(falls_on)s::date)",
        tier_of_rank=_tier_of("w.rank", rules.rungs),
        tier_of_earned=_tier_of("w.earned", rules.rungs),
        tier_of_later=_tier_of("w.later", rules.rungs),
        reason=f"'{reason.value}'" if reason else _reason(),
    )
    values: dict[str, Any] = {
        "programme": rules.programme_id,
        "shop_id": rules.shop_id,
        "since": rules.window.since,
        "until": rules.window.until,
        "today": rules.window.today,
        "falls_on": rules.falls_on,
        "warn_days": rules.warn_days,
        "customer_ids": bulk.numbers(customer_ids or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
        cursor.execute("DROP TABLE IF EXISTS tier_plan")
        cursor.execute(statement, values)
        cursor.execute("ANALYZE tier_plan")
        cursor.execute(NOT_THERE.format(present=customers.present_sql()))


def write(rules: Rules, *, now: datetime, note: str = "", first_evaluation: bool = False) -> Evaluated:
    """Make what `plan` found so, with history and events, in the same transaction."""
    values: dict[str, Any] = {
        "programme": rules.programme_id,
        "now": now,
        "first": rules.window.first,
        "note": note,
        "first_evaluation": first_evaluation,
    }
    with connection.cursor() as cursor:
        for statement in (UPDATE, INSERT, HISTORY):
            cursor.execute(statement, values)
    return Evaluated(
        raised=events.publish_select(
            ANNOUNCE.format(moved="p.to_rank > p.from_rank"), {**values, "kind": TierRaised.kind}
        ),
        lowered=events.publish_select(
            ANNOUNCE.format(moved="p.to_rank <= p.from_rank"), {**values, "kind": TierLowered.kind}
        ),
        warned=events.publish_select(WARN, {**values, "kind": TierWarned.kind}),
    )


def sums_sql(rungs: Sequence[Rung], *, one_shop: bool, some_customers: bool) -> str:
    """A SELECT of what the window held for each customer: (customer_id, orders, spend, points, first_at).

    Points are looked at only where a tier asks for them. Parameters as of `commerce.queries.spend_sql`.
    """
    spend = commerce.spend_sql(one_shop=one_shop, some_customers=some_customers)
    if all(rung.min_points is None for rung in rungs):
        return f"SELECT *, 0::bigint AS points FROM ({spend}) b"
    return (
        "SELECT customer_id, coalesce(b.orders, 0) AS orders, coalesce(b.spend, 0) AS spend,"
        " coalesce(p.points, 0) AS points, least(b.first_at, p.first_at) AS first_at"
        f" FROM ({spend}) b FULL JOIN ({points_sql(one_shop=one_shop, some_customers=some_customers)}) p"
        " USING (customer_id)"
    )


def _earned_rank(rungs: Sequence[Rung]) -> str:
    """The highest rank whose conditions hold."""
    cases = []
    for rung in sorted(rungs, key=lambda one: -one.rank):
        asked = [f"spend >= {rung.min_spend}"] if rung.min_spend is not None else []
        asked += [f"orders >= {rung.min_orders}"] if rung.min_orders is not None else []
        asked += [f"points >= {rung.min_points}"] if rung.min_points is not None else []
        if asked:
            cases.append(f"WHEN {(' OR ' if rung.match == Match.ANY else ' AND ').join(asked)} THEN {rung.rank}")
    return f"CASE {' '.join(cases)} ELSE 0 END" if cases else "0"


def _tier_of(rank: str, rungs: Sequence[Rung]) -> str:
    cases = " ".join(f"WHEN {rung.rank} THEN {rung.tier_id}::bigint" for rung in rungs)
    return f"CASE {rank} {cases} END" if cases else "NULL::bigint"


def _reason() -> str:
    """Up by hand or by orders; down because the hand's tier ended, or because the orders no longer do."""
    return (
        f"CASE WHEN w.rank > coalesce(w.from_rank, 0) THEN CASE WHEN w.hand > w.earned THEN '{Reason.BY_HAND}'"
        f" ELSE '{Reason.EARNED}' END WHEN w.rank = w.from_rank THEN '{Reason.RULES}'"
        f" WHEN w.hand = w.rank AND w.hand > w.earned THEN '{Reason.BY_HAND}'"
        f" WHEN w.from_rank > w.had THEN '{Reason.HAND_ENDED}' ELSE '{Reason.FELL}' END"
    )
