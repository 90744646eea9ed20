"""What pages, the API and rooms above do to points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanxi.core import audit, jobs
from guanxi.core.models import Job, User
from guanxi.loyalty.models import PointsProgramme, PointsRule, ProgrammeShop
from guanxi.loyalty.points import programmes
from guanxi.loyalty.points.adjusting import adjust, approve, refuse
from guanxi.loyalty.points.earning import birthdays, welcome
from guanxi.loyalty.points.expiring import expire, give_notice
from guanxi.loyalty.points.multipliers import provide
from guanxi.loyalty.points.orders import follow, follow_all
from guanxi.loyalty.points.programmes import default
from guanxi.loyalty.points.reviews import review
from guanxi.loyalty.points.spending import commit, quote, release, release_overdue, reserve
from guanxi.loyalty.points.types import BadPoints, NoSuch, RuleKind

__all__ = [
    "adjust",
    "approve",
    "birthdays",
    "commit",
    "default",
    "expire",
    "follow",
    "follow_all",
    "give_notice",
    "provide",
    "quote",
    "refuse",
    "release",
    "release_overdue",
    "reserve",
    "review",
    "welcome",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTerms:
    """A way of earning as a person writes it. Money in minor units of the merchant's currency."""

    kind: RuleKind
    points: int
    per_amount: int = 0
    shop_id: int | None = None
    category: str = ""
    product_id: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    """Not part of it."""
    cap: int | None = None
    """Of reviews: points of one customer within 30 days."""


def save_programme(
    programme: PointsProgramme, *, terms: Mapping[str, Any], shop_ids: Sequence[int], user: User | None, now: datetime
) -> PointsProgramme:
    """Make or change a programme. ``terms`` are fields of it; ``shop_ids`` are for programmes that are not the default.

    Raises BadPoints when the name or a shop is taken.
    """
    made = programme.pk is None
    for name, value in terms.items():
        setattr(programme, name, value)
    programme.updated_at = now
    if made:
        programme.created_at = now
    try:
        with transaction.atomic():
            programme.save()
            if not programme.is_default:
                ProgrammeShop.objects.filter(programme=programme).exclude(shop_id__in=shop_ids).delete()
                kept = set(ProgrammeShop.objects.filter(programme=programme).values_list("shop_id", flat=True))
                ProgrammeShop.objects.bulk_create(
                    ProgrammeShop(programme=programme, shop_id=shop) for shop in shop_ids if shop not in kept
                )
            detail: dict[str, object] = {name: str(value) for name, value in terms.items()}
            action = "points.programme_made" if made else "points.programme_changed"
            audit.record(action, actor=user, subject=("programme", programme.pk), detail=detail, now=now)
    except IntegrityError:
        raise BadPoints(_("Another programme has this name or one of these shops.")) from None
    return programme


def add_rule(programme_id: int, terms: RuleTerms, *, user: User | None, now: datetime) -> PointsRule:
    """Add a way of earning; it holds for orders from now on, between its dates. Raises NoSuch and BadPoints."""
    programme = programmes.one(programme_id)
    if terms.kind == RuleKind.AMOUNT and terms.per_amount <= 0:
        raise BadPoints(_("Say for which amount of money."))
    if terms.valid_from and terms.valid_until and terms.valid_from >= terms.valid_until:
        raise BadPoints(_("It would end before it begins."))
    values: dict[str, Any] = {
        "points": terms.points,
        "valid_from": terms.valid_from,
        "valid_until": terms.valid_until,
        "cap": terms.cap if terms.kind == RuleKind.REVIEW else None,
    }
    if terms.kind == RuleKind.AMOUNT:
        values |= {
            "per_amount": terms.per_amount,
            "shop_id": terms.shop_id,
            "category": terms.category,
            "product_id": terms.product_id,
        }
    try:
        with transaction.atomic():
            rule = PointsRule.objects.create(programme=programme, kind=terms.kind, **values)
            _record("points.rule_added", rule, user, now)
    except IntegrityError:
        raise BadPoints(_("There is a rule for this already; remove it first.")) from None
    return rule


def remove_rule(rule_id: int, *, user: User, now: datetime) -> None:
    """Points earned by it stay. Raises NoSuch."""
    with transaction.atomic():
        rule = PointsRule.objects.select_for_update().filter(pk=rule_id).first()
        if rule is None:
            raise NoSuch(_("There is no such rule."))
        _record("points.rule_removed", rule, user, now)
        rule.delete()


def start_catching_up(programme_id: int, *, user: User) -> Job:
    """Let the worker give points for orders paid since the programme's start that have none."""
    programmes.one(programme_id)
    return jobs.start("loyalty.points.catch_up", user=user, lock="loyalty.points.catch_up", programme_id=programme_id)


def _record(action: str, rule: PointsRule, user: User | None, now: datetime) -> None:
    detail: dict[str, object] = {"rule": rule.pk, "kind": rule.kind, "points": rule.points, "per": rule.per_amount}
    audit.record(action, actor=user, subject=("programme", rule.programme_id), detail=detail, now=now)
