"""What a tier programme must be before it is previewed or saved."""

import calendar
from collections.abc import Collection, Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from guanxi.core import preferences
from guanxi.core.money import to_minor
from guanxi.loyalty.models.tiers import Downgrade, Tier, WindowKind
from guanxi.loyalty.tiers.types import ProgrammeDraft, TierDraft

MOST_TIERS = 30
MOST_DAYS = 3660
COLORS = ("secondary", "blue", "azure", "cyan", "teal", "green", "lime", "yellow", "orange", "red", "pink", "purple")
LARGEST = {"min_spend": 2**53, "min_orders": 1_000_000, "min_points": 10**12}


class BadProgramme(ValueError):
    """A programme cannot be like this; the message is for people."""


def check(draft: ProgrammeDraft, *, programme_id: int | None, shop_ids: Collection[int]) -> None:
    """Raises BadProgramme with the first thing that is wrong."""
    if not draft.name.strip():
        raise BadProgramme(_("The programme needs a name."))
    if draft.shop_id is not None and draft.shop_id not in shop_ids:
        raise BadProgramme(_("There is no such shop."))
    if draft.window == WindowKind.ROLLING:
        _between(draft.window_days, 1, MOST_DAYS, _("Days of the window"))
    _between(draft.grace_days, 0, MOST_DAYS, _("Days of grace"))
    _between(draft.warn_days, 0, MOST_DAYS, _("Days of warning"))
    if draft.downgrade == Downgrade.YEARLY:
        _between(draft.fall_month, 1, 12, _("Month"))
        _between(draft.fall_day, 1, calendar.monthrange(2024, draft.fall_month)[1], _("Day of the month"))
    _check_tiers(draft.tiers, programme_id)


def _check_tiers(tiers: Sequence[TierDraft], programme_id: int | None) -> None:
    if not 1 <= len(tiers) <= MOST_TIERS:
        raise BadProgramme(_("A programme has between 1 and %(most)d tiers.") % {"most": MOST_TIERS})
    names = [tier.name.strip().casefold() for tier in tiers]
    if not all(names):
        raise BadProgramme(_("Every tier needs a name."))
    if len(set(names)) < len(names):
        raise BadProgramme(_("Two tiers have the same name."))
    known = set(Tier.objects.filter(programme=programme_id, removed_at=None).values_list("pk", flat=True))
    given = [tier.tier_id for tier in tiers if tier.tier_id is not None]
    if len(set(given)) < len(given) or set(given) - known:
        raise BadProgramme(_("The tiers were changed by someone else in the meantime; open the page anew."))
    for tier in tiers:
        _check_tier(tier)
    for lower, higher in pairwise(tiers):
        for name in LARGEST:
            low, high = getattr(lower, name), getattr(higher, name)
            if low is not None and high is not None and high < low:
                said = {"higher": higher.name, "lower": lower.name}
                raise BadProgramme(_("“%(higher)s” asks for less than “%(lower)s”, which stands below it.") % said)


def _check_tier(tier: TierDraft) -> None:
    if all(getattr(tier, name) is None for name in LARGEST):
        raise BadProgramme(
            _("“%(tier)s” has no condition: say a spend, or a number of orders or points.") % _named(tier)
        )
    for name, largest in LARGEST.items():
        number = getattr(tier, name)
        if number is not None and not 0 < number <= largest:
            raise BadProgramme(_("A condition of “%(tier)s” is out of range.") % _named(tier))
    if not 0 <= tier.discount_percent <= 100:
        raise BadProgramme(_("The discount of “%(tier)s” must lie between 0 and 100 percent.") % _named(tier))
    if not 1 <= tier.points_multiplier <= 100:
        raise BadProgramme(_("The multiplier of points of “%(tier)s” must lie between 1 and 100.") % _named(tier))
    if not 0 <= tier.service_priority <= 9:
        raise BadProgramme(_("The priority of “%(tier)s” must lie between 0 and 9.") % _named(tier))
    if tier.color not in COLORS:
        raise BadProgramme(_("“%(tier)s” has a colour that is not known.") % _named(tier))


def _named(tier: TierDraft) -> dict[str, str]:
    return {"tier": tier.name}


def _between(number: int, low: int, high: int, what: str) -> None:
    if not low <= number <= high:
        raise BadProgramme(
            _("%(what)s: a whole number between %(low)d and %(high)d.") % {"what": what, "low": low, "high": high}
        )


def starting_set() -> list[TierDraft]:
    """Silver, gold, platinum and diamond, to begin with; amounts in the merchant's currency."""
    currency = preferences.currency()
    rows = [
        (_("Silver"), "secondary", 1_000, Decimal(0), Decimal("1.2")),
        (_("Gold"), "yellow", 5_000, Decimal(3), Decimal("1.5")),
        (_("Platinum"), "azure", 20_000, Decimal(5), Decimal(2)),
        (_("Diamond"), "purple", 50_000, Decimal(8), Decimal(3)),
    ]
    return [
        TierDraft(
            name=name,
            color=color,
            min_spend=to_minor(spend, currency),
            discount_percent=discount,
            points_multiplier=multiplier,
            free_shipping=rank >= 2,
            birthday_gift=_("A gift in the month of the birthday") if rank >= 3 else "",
            service_priority=rank - 1,
        )
        for rank, (name, color, spend, discount, multiplier) in enumerate(rows, start=1)
    ]
