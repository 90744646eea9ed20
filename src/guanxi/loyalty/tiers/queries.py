"""Reading tiers: what customers hold, what it gives them, and how far the next one is."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F

from guanxi.core import bulk, preferences
from guanxi.loyalty.models.tiers import Match, Reason, Tier, TierChange, TierGrant, TierMember, TierProgramme
from guanxi.loyalty.tiers import words
from guanxi.loyalty.tiers.engine import sums_sql
from guanxi.loyalty.tiers.rules import rung, window_of
from guanxi.loyalty.tiers.types import Benefits, Change, Gap, Grant, Standing, Step, Told
from guanxi.loyalty.tiers.windows import Window

HELD_AT = """
SELECT DISTINCT ON (customer_id) customer_id, tier_id FROM (
  SELECT m.customer_id, m.tier_id, m.since AS at, 1 AS newest, t.rank FROM loyalty_tiermember m
  LEFT JOIN loyalty_tier t ON t.id = m.tier_id
  WHERE m.programme_id = %(programme)s AND NOT m.spare AND m.customer_id = ANY(%(ids)s::bigint[]) AND m.since <= %(now)s
  UNION ALL
  SELECT c.customer_id, c.to_tier_id, c.at, 0, c.id FROM loyalty_tierchange c
  WHERE c.programme_id = %(programme)s AND c.customer_id = ANY(%(ids)s::bigint[]) AND c.at <= %(now)s
) h ORDER BY customer_id, newest DESC, CASE WHEN newest = 0 THEN at END DESC, rank DESC NULLS LAST
"""
"""What stands now where it stood at that time already; else the last change before it."""


def benefits_of(customer_ids: Collection[int], now: datetime, *, shop_id: int | None = None) -> dict[int, Benefits]:
    """What each customer's tier gave them at ``now``; those without a tier are left out.

    In a shop with a programme of its own that one holds; elsewhere the one for all shops.
    """
    programme = _programme_for(shop_id)
    if programme is None or not customer_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(HELD_AT, {"programme": programme.pk, "ids": bulk.numbers(customer_ids), "now": now})
        held = dict(cursor.fetchall())
    tiers = {tier.pk: benefits(tier) for tier in Tier.objects.filter(programme=programme)}
    return {customer: tiers[tier] for customer, tier in held.items() if tier is not None}


def multipliers(customer_ids: Collection[int], now: datetime, *, shop_id: int | None = None) -> dict[int, Decimal]:
    """By what each customer's points are multiplied, for every one of them: 1 without a tier."""
    found = benefits_of(customer_ids, now, shop_id=shop_id)
    return {one: found[one].points_multiplier if one in found else Decimal(1) for one in customer_ids}


def benefits(tier: Tier) -> Benefits:
    return Benefits(
        tier_id=tier.pk,
        tier=tier.name,
        rank=tier.rank,
        programme_id=tier.programme_id,
        discount_percent=tier.discount_percent,
        points_multiplier=tier.points_multiplier,
        free_shipping=tier.free_shipping,
        birthday_gift=tier.birthday_gift,
        service_priority=tier.service_priority,
        text=tier.benefits,
    )


def programmes() -> list[TierProgramme]:
    """Those in use: the one for all shops, then those of single shops."""
    return list(TierProgramme.objects.filter(closed_at=None).order_by(F("shop_id").asc(nulls_first=True)))


def ladder(programme_id: int) -> list[Tier]:
    """The tiers in use, lowest first."""
    return list(Tier.objects.filter(programme=programme_id, removed_at=None))


def standings(customer_id: int, *, now: datetime) -> list[Standing]:
    """Where a customer stands in every programme, with the way to the next tier; figures of this second."""
    return [_standing(customer_id, programme, now) for programme in programmes()]


def told(customer_id: int, *, now: datetime) -> list[Told]:
    """A customer's standings as pages show them (template ``loyalty/tiers/_standing.html``)."""
    currency = preferences.currency()
    return [Told(one, words.missing(one.next, currency) if one.next else "") for one in standings(customer_id, now=now)]


def history(customer_id: int, *, programme_id: int | None = None, limit: int = 50) -> list[Change]:
    """A customer's changes of tier, newest first."""
    rows = TierChange.objects.filter(customer_id=customer_id).select_related("from_tier", "to_tier")
    if programme_id is not None:
        rows = rows.filter(programme=programme_id)
    currency = preferences.currency()
    return [
        Change(
            at=row.at,
            from_tier=row.from_tier.name if row.from_tier else "",
            to_tier=row.to_tier.name if row.to_tier else "",
            reason=Reason(row.reason),
            orders=row.orders,
            spend=row.spend,
            points=row.points,
            window_from=row.window_from,
            note=row.note,
            words=words.reason(row, currency),
        )
        for row in rows.order_by("-at", "-pk")[:limit]
    ]


def counts(programme_id: int) -> dict[int, int]:
    """How many customers hold each tier."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tier_id, count(*) FROM loyalty_tiermember"
            " WHERE programme_id = %s AND NOT spare AND tier_id IS NOT NULL GROUP BY tier_id",
            [programme_id],
        )
        return dict(cursor.fetchall())


def _programme_for(shop_id: int | None) -> TierProgramme | None:
    """The shop's own programme, or the one for all shops."""
    found = {one.shop_id: one for one in TierProgramme.objects.filter(closed_at=None)}
    return found.get(shop_id) or found.get(None)


def _standing(customer_id: int, programme: TierProgramme, now: datetime) -> Standing:
    window = window_of(programme, now=now)
    tiers = ladder(programme.pk)
    orders, spend, points, first_at = _sums(customer_id, programme, tiers, window)
    member = (
        TierMember.objects.filter(programme=programme, customer_id=customer_id, spare=False)
        .select_related("tier")
        .order_by(F("tier__rank").desc(nulls_last=True))
        .first()
    )
    tier = member.tier if member else None
    rank = tier.rank if tier else 0
    above = next((one for one in tiers if one.rank > rank), None)
    return Standing(
        programme_id=programme.pk,
        programme=programme.name,
        shop_id=programme.shop_id,
        tier_id=tier.pk if tier else None,
        tier=tier.name if tier else "",
        color=tier.color if tier else "secondary",
        rank=rank,
        since=member.since if member and tier else None,
        loses_on=member.loses_on if member else None,
        orders=orders,
        spend=spend,
        points=points,
        window_from=window.first,
        next=_step(above, orders, spend, points, _last_day(programme, window, first_at)) if above else None,
        grant=_grant(customer_id, programme, window),
        benefits=benefits(tier) if tier else None,
    )


def _sums(
    customer_id: int, programme: TierProgramme, tiers: Sequence[Tier], window: Window
) -> tuple[int, int, int, datetime | None]:
    """Orders, spend, points, and the first that counts."""
    rungs = [rung(tier) for tier in tiers]
    statement = sums_sql(rungs, one_shop=programme.shop_id is not None, some_customers=True)
    values: dict[str, Any] = {
        "since": window.since,
        "until": window.until,
        "shop_id": programme.shop_id,
        "customer_ids": bulk.numbers([customer_id]),
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT orders, spend, points, first_at FROM ({statement}) b", values)
        row = cursor.fetchone()
    return row or (0, 0, 0, None)


def _last_day(programme: TierProgramme, window: Window, first_at: datetime | None) -> date | None:
    if window.last:
        return window.last
    if first_at is None:
        return None
    return first_at.astimezone(window.zone).date() + timedelta(days=programme.window_days - 1)


def _step(tier: Tier, orders: int, spend: int, points: int, by: date | None) -> Step:
    gaps = []
    if tier.min_spend is not None:
        gaps.append(Gap(kind="spend", has=spend, wants=tier.min_spend))
    if tier.min_orders is not None:
        gaps.append(Gap(kind="orders", has=orders, wants=tier.min_orders))
    if tier.min_points is not None:
        gaps.append(Gap(kind="points", has=points, wants=tier.min_points))
    return Step(tier_id=tier.pk, tier=tier.name, match=Match(tier.match), gaps=tuple(gaps), by=by)


def _grant(customer_id: int, programme: TierProgramme, window: Window) -> Grant | None:
    row = (
        TierGrant.objects.filter(customer_id=customer_id, programme=programme, ended_at=None, until__gte=window.today)
        .select_related("tier", "created_by")
        .order_by("-tier__rank", "-until")
        .first()
    )
    if row is None:
        return None
    by = str(row.created_by.name or row.created_by.email) if row.created_by else ""
    return Grant(id=row.pk, tier=row.tier.name, until=row.until, note=row.note, by=by)
