"""Writing tiers: programmes, evaluations, tiers set by hand."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from guanxi.commerce import queries as commerce
from guanxi.core import audit, bulk, preferences
from guanxi.core.models import User
from guanxi.customers import queries as customers
from guanxi.customers.following import hold_still
from guanxi.loyalty.models.tiers import Reason, Tier, TierGrant, TierMember, TierProgramme
from guanxi.loyalty.tiers import engine
from guanxi.loyalty.tiers.checks import MOST_DAYS, BadProgramme, check, starting_set
from guanxi.loyalty.tiers.rules import rules_of
from guanxi.loyalty.tiers.types import Evaluated, ProgrammeDraft, TierDraft

__all__ = [
    "BadGrant",
    "BadProgramme",
    "UnknownProgramme",
    "assess",
    "close_programme",
    "end_grant",
    "evaluate",
    "forget",
    "save_programme",
    "set_by_hand",
    "settle",
    "starting_set",
]


class UnknownProgramme(LookupError):
    """No programme in use has that number."""


class BadGrant(ValueError):
    """A tier cannot be set by hand like this; the message is for people."""


def save_programme(
    draft: ProgrammeDraft, *, programme_id: int | None = None, now: datetime, user: User | None = None
) -> tuple[int, Evaluated]:
    """Make a programme, or change one, and move everyone as its preview said. Gives its number and what moved.

    Raises BadProgramme, UnknownProgramme.
    """
    check(draft, programme_id=programme_id, shop_ids={shop.id for shop in commerce.shops()})
    with transaction.atomic():
        hold_still()
        programme = locked(programme_id) if programme_id else TierProgramme(created_by=user, created_at=now)
        is_new = programme.pk is None
        write_draft(programme, draft, now=now)
        first = programme.evaluated_on is None
        result = _evaluate(programme, now=now, reason=None if first else Reason.RULES)
        audit.record(
            "tiers.created" if is_new else "tiers.changed",
            actor=user,
            subject=("tier_programme", programme.pk),
            detail={"tiers": len(draft.tiers), "raised": result.raised, "lowered": result.lowered},
            now=now,
        )
    return programme.pk, result


def write_draft(programme: TierProgramme, draft: ProgrammeDraft, *, now: datetime) -> None:
    """Give a programme the shape of a checked draft; nobody moves yet. In the caller's transaction."""
    programme.name, programme.shop_id, programme.updated_at = draft.name.strip(), draft.shop_id, now
    for name in ("window", "window_days", "downgrade", "grace_days", "fall_month", "fall_day", "warn_days"):
        setattr(programme, name, getattr(draft, name))
    try:
        with transaction.atomic():
            programme.save()
    except IntegrityError:
        raise BadProgramme(_("There is a programme for these orders already; change that one.")) from None
    bulk.one_writer(_lock(programme.pk))
    known = {tier.pk: tier for tier in Tier.objects.filter(programme=programme, removed_at=None)}
    known_as = {tier.pk: (tier.name, tier.rank) for tier in known.values()}
    _take_out(known, {tier.tier_id for tier in draft.tiers}, now)
    for rank, wanted in enumerate(draft.tiers, start=1):
        tier = known.get(wanted.tier_id or 0) or Tier(programme=programme)
        for name in TIER_FIELDS:
            setattr(tier, name, getattr(wanted, name))
        tier.rank = rank
        tier.save()
    renamed = [tier.pk for tier in known.values() if known_as[tier.pk] != (tier.name, tier.rank)]
    TierMember.objects.filter(tier__in=renamed).update(spare=F("spare"))  # so that the warehouse copies them anew


def _take_out(known: dict[int, Tier], kept: Collection[int | None], now: datetime) -> None:
    """Retire what is not kept; move the rest out of the way, so that two may change places."""
    lower: Tier | None = None
    for tier in sorted(known.values(), key=lambda one: one.rank):
        if tier.pk in kept:
            lower = tier
            Tier.objects.filter(pk=tier.pk).update(rank=-tier.rank)
        else:
            Tier.objects.filter(pk=tier.pk).update(removed_at=now, lower=lower)


def close_programme(programme_id: int, *, now: datetime, user: User | None = None) -> Evaluated:
    """End a programme: everyone loses its tiers at once; the history stays. Raises UnknownProgramme."""
    with transaction.atomic():
        hold_still()
        programme = locked(programme_id)
        Tier.objects.filter(programme=programme, removed_at=None).update(removed_at=now)
        result = _evaluate(programme, now=now, reason=Reason.CLOSED)
        programme.closed_at = programme.updated_at = now
        programme.save(update_fields=["closed_at", "updated_at"])
        audit.record("tiers.closed", actor=user, subject=("tier_programme", programme_id), now=now)
    return result


def evaluate(programme_id: int, *, now: datetime) -> Evaluated:
    """Bring everyone's tier in one programme up to date, in one transaction. Raises UnknownProgramme."""
    with transaction.atomic():
        hold_still()
        return _evaluate(locked(programme_id), now=now)


def assess(customer_ids: Iterable[int], *, now: datetime, note: str = "", for_points: bool = False) -> Evaluated:
    """Bring the tiers of these customers up to date in every programme, or in those that ask ``for_points``."""
    result = Evaluated()
    ids = sorted(set(customer_ids))
    programmes = TierProgramme.objects.filter(closed_at=None).order_by("pk")
    if for_points:
        asking = Tier.objects.filter(removed_at=None, min_points__isnull=False)
        programmes = programmes.filter(pk__in=asking.values("programme"))
    for programme in programmes if ids else ():
        with transaction.atomic():
            hold_still()
            bulk.one_writer(_lock(programme.pk))
            rules = rules_of(programme, now=now)
            engine.plan(rules, customer_ids=ids)
            result += engine.write(rules, now=now, note=note)
    return result


def set_by_hand(
    customer_id: int, *, tier_id: int, until: date, note: str, now: datetime, user: User | None = None
) -> int:
    """Give a customer a tier that they do not fall below until a day is over, in place of one given before.

    ``until`` is a day of the merchant's calendar. Gives the number of the grant. Raises BadGrant.
    """
    today = now.astimezone(preferences.time_zone()).date()
    tier = Tier.objects.select_related("programme").filter(pk=tier_id, removed_at=None).first()
    if tier is None or tier.programme.closed_at:
        raise BadGrant(_("There is no such tier any more."))
    if until < today:
        raise BadGrant(_("The last day is over already; choose today or a later one."))
    if until > today + timedelta(days=MOST_DAYS):
        raise BadGrant(_("Choose a day within the next ten years."))
    if not note.strip():
        raise BadGrant(_("Say why; the reason stays in the history."))
    with transaction.atomic():
        hold_still()
        known = customers.present([customer_id]).get(customer_id)
        if known is None:
            raise BadGrant(_("There is no such customer."))
        customer_id = known
        bulk.one_writer(_lock(tier.programme_id))
        _live_grants(customer_id).filter(programme_id=tier.programme_id).update(ended_at=now)
        grant = TierGrant.objects.create(
            programme_id=tier.programme_id,
            customer_id=customer_id,
            tier=tier,
            until=until,
            note=note.strip()[:200],
            created_by=user,
            created_at=now,
        )
        detail = {"tier": tier_id, "until": until.isoformat()}
        audit.record("tiers.set_by_hand", actor=user, subject=("customer", customer_id), detail=detail, now=now)
        assess([customer_id], now=now, note=grant.note)
    return grant.pk


def end_grant(grant_id: int, *, customer_id: int, now: datetime, user: User | None = None) -> None:
    """Take back a tier set by hand: what the orders earned holds at once. Raises BadGrant."""
    with transaction.atomic():
        found = TierGrant.objects.filter(pk=grant_id, customer_id=customer_id, ended_at=None).first()
        if found is None:
            raise BadGrant(_("This tier was taken back already."))
        bulk.one_writer(_lock(found.programme_id))
        TierGrant.objects.filter(pk=grant_id).update(ended_at=now)
        audit.record("tiers.grant_ended", actor=user, subject=("customer", customer_id), now=now)
        assess([customer_id], now=now)


def forget(customer_ids: Sequence[int]) -> None:
    """Take erased customers off every programme. What was written of why someone set a tier goes too."""
    with transaction.atomic():
        members = TierMember.objects.filter(customer_id__in=customer_ids)
        members.update(tier=None, earned_tier=None, falls_on=None, loses_on=None, spare=True)
        with connection.cursor() as cursor:
            for table in ("loyalty_tiergrant", "loyalty_tierchange"):
                cursor.execute(
                    f"UPDATE {table} SET note = '' WHERE customer_id = ANY(%s::bigint[])", [bulk.numbers(customer_ids)]
                )


def settle(customer_ids: Collection[int], now: datetime) -> None:
    """After a merge or its undoing moved rows between these customers: let one row of each count in a programme.

    Of two rows the one with the higher tier counts; the other stays as a spare, which counts again when it is alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(CHOOSE, {"customer_ids": bulk.numbers(customer_ids)})


TIER_FIELDS = [field.name for field in fields(TierDraft) if field.name != "tier_id"]
CHOOSE = """
UPDATE loyalty_tiermember m SET spare = c.place > 1
FROM (
  SELECT m.id, row_number() OVER (
    PARTITION BY m.programme_id, m.customer_id
    ORDER BY t.rank DESC NULLS LAST, m.falls_on DESC NULLS FIRST, m.since, m.id) AS place
  FROM loyalty_tiermember m LEFT JOIN loyalty_tier t ON t.id = m.tier_id
  WHERE m.customer_id = ANY(%(customer_ids)s::bigint[])
) c
WHERE c.id = m.id AND m.spare <> (c.place > 1)
"""


def _evaluate(programme: TierProgramme, *, now: datetime, reason: Reason | None = None) -> Evaluated:
    bulk.one_writer(_lock(programme.pk))
    rules = rules_of(programme, now=now)
    engine.plan(rules, reason=reason)
    result = engine.write(rules, now=now, first_evaluation=programme.evaluated_on is None)
    programme.evaluated_on, programme.evaluated_at = rules.window.today, now
    programme.save(update_fields=["evaluated_on", "evaluated_at"])
    return result


def _lock(programme_id: int) -> str:
    return f"loyalty.tiers.{programme_id}"


def locked(programme_id: int) -> TierProgramme:
    found = TierProgramme.objects.select_for_update().filter(pk=programme_id, closed_at=None).first()
    if found is None:
        raise UnknownProgramme(_("There is no such tier programme."))
    return found


def _live_grants(customer_id: int) -> QuerySet[TierGrant]:
    return TierGrant.objects.filter(customer_id=customer_id, ended_at=None)
