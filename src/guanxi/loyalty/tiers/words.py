"""Tiers in words: conditions, windows, reasons, what is missing."""

from django.utils.dates import MONTHS
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from guanxi.core import money
from guanxi.loyalty.models.tiers import Downgrade, Match, Reason, Tier, TierChange, TierProgramme, WindowKind
from guanxi.loyalty.tiers.types import Gap, Step


def amount(value: int, currency: str) -> str:
    return money.display(value, currency, locale=to_locale(get_language() or "en"))


def orders(count: int) -> str:
    return ngettext("%(count)d order", "%(count)d orders", count) % {"count": count}


def points(count: int) -> str:
    return ngettext("%(count)d point", "%(count)d points", count) % {"count": count}


def asks(tier: Tier, currency: str) -> str:
    """What a tier asks: ``¥5,000.00 or 3 orders``."""
    parts = [amount(tier.min_spend, currency)] if tier.min_spend is not None else []
    parts += [orders(tier.min_orders)] if tier.min_orders is not None else []
    parts += [points(tier.min_points)] if tier.min_points is not None else []
    return joined(parts, tier.match)


def joined(parts: list[str], match: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    either = _("%(one)s or %(other)s") if match == Match.ANY else _("%(one)s and %(other)s")
    return either % {"one": _(", ").join(parts[:-1]), "other": parts[-1]}


def window(programme: TierProgramme) -> str:
    if programme.window == WindowKind.ROLLING:
        days = programme.window_days
        return ngettext("in the last %(days)d day", "in the last %(days)d days", days) % {"days": days}
    return _("in the calendar year") if programme.window == WindowKind.YEAR else _("in the calendar quarter")


def downgrade(programme: TierProgramme) -> str:
    """What happens to those who no longer meet their tier."""
    if programme.downgrade == Downgrade.NEVER:
        return _("A tier is never lost.")
    days = programme.grace_days
    if programme.downgrade == Downgrade.YEARLY:
        said = {"month": MONTHS[programme.fall_month], "day": programme.fall_day, "days": days}
        text = (
            _("Who no longer meets a tier loses it on the next %(month)s %(day)d after %(days)d days of grace.") % said
        )
    elif days:
        text = ngettext(
            "Who no longer meets a tier loses it after %(days)d day of grace.",
            "Who no longer meets a tier loses it after %(days)d days of grace.",
            days,
        ) % {"days": days}
    else:
        text = _("Who no longer meets a tier loses it at once.")
    if not programme.warn_days:
        return text
    warning = ngettext(
        "They are warned %(days)d day before.", "They are warned %(days)d days before.", programme.warn_days
    ) % {"days": programme.warn_days}
    return f"{text} {warning}"


def benefits(tier: Tier) -> list[str]:
    """The rules of a tier as people read them, then the merchant's own words."""
    said = []
    if tier.discount_percent:
        said.append(_("%(percent)s %% off") % {"percent": f"{tier.discount_percent.normalize():f}"})
    if tier.points_multiplier != 1:
        said.append(_("points × %(times)s") % {"times": f"{tier.points_multiplier.normalize():f}"})
    if tier.free_shipping:
        said.append(_("free shipping"))
    if tier.birthday_gift:
        said.append(_("birthday: %(gift)s") % {"gift": tier.birthday_gift})
    if tier.service_priority:
        said.append(_("service priority %(priority)d") % {"priority": tier.service_priority})
    return [*said, *(line.strip() for line in tier.benefits.splitlines() if line.strip())]


def missing(step: Step, currency: str) -> str:
    """What the next tier still wants: ``¥120.00 more until Gold by 2026-12-31``."""
    wanted = joined([_gap(gap, currency) for gap in step.gaps if gap.missing], step.match)
    said = {"missing": wanted, "tier": step.tier, "day": step.by.isoformat() if step.by else ""}
    return (
        _("%(missing)s more until %(tier)s by %(day)s") % said
        if step.by
        else _("%(missing)s more until %(tier)s") % said
    )


def _gap(gap: Gap, currency: str) -> str:
    if gap.kind == "spend":
        return amount(gap.missing, currency)
    return orders(gap.missing) if gap.kind == "orders" else points(gap.missing)


def reason(row: TierChange, currency: str) -> str:
    """Why a tier changed, in words, with the numbers it was decided on."""
    bought = _("%(spend)s with %(orders)s since %(day)s") % {
        "spend": amount(row.spend, currency),
        "orders": orders(row.orders),
        "day": row.window_from.isoformat(),
    }
    if row.points:
        bought = _("%(bought)s, and %(points)s") % {"bought": bought, "points": points(row.points)}
    said = {"bought": bought, "note": row.note}
    if row.reason == Reason.BY_HAND:
        return _("Set by hand: %(note)s") % said if row.note else _("Set by hand")
    sentences = {
        Reason.EARNED: _("Earned: %(bought)s"),
        Reason.FELL: _("No longer met: %(bought)s"),
        Reason.HAND_ENDED: _("The tier set by hand has ended; the orders give %(bought)s"),
        Reason.RULES: _("The rules changed: %(bought)s"),
        Reason.CLOSED: _("The programme was ended"),
    }
    return sentences[Reason(row.reason)] % said
