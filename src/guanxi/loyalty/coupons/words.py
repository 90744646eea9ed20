"""A coupon in words: what it does, on what, for whom, when, how often, and with what else."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.loyalty.coupons import codes, conditions
from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.models.coupons import CodeStyle, Coupon, GiveBack


def headline(coupon: Coupon) -> str:
    """What it does, in one line."""
    return KINDS.get(coupon.kind).words(coupon.params, coupon.currency)


def sentences(coupon: Coupon, shops: Mapping[int, str]) -> list[str]:
    """Everything else there is to say; ``shops`` are names by number."""
    return [
        *conditions.read(coupon.conditions).words(coupon.currency, shops),
        *_dates(coupon),
        *_limits(coupon),
        _stacking(coupon),
        _codes(coupon),
        _give_back(coupon),
    ]


def _dates(coupon: Coupon) -> list[str]:
    said = []
    begin, end = coupon.valid_from, coupon.valid_until
    if begin and end:
        said.append(_("From %(begin)s until %(end)s.") % {"begin": _moment(begin), "end": _moment(end)})
    elif begin:
        said.append(_("From %(begin)s on.") % {"begin": _moment(begin)})
    elif end:
        said.append(_("Until %(end)s.") % {"end": _moment(end)})
    if coupon.valid_days:
        days = ngettext(
            "A customer who is given it has %(days)d day to use it.",
            "A customer who is given it has %(days)d days to use it.",
            coupon.valid_days,
        )
        said.append(days % {"days": coupon.valid_days})
    return said


def _limits(coupon: Coupon) -> list[str]:
    said = []
    if coupon.limit_total is not None:
        count = number_format(coupon.limit_total, force_grouping=True)
        said.append(_("Used at most %(count)s times in all.") % {"count": count})
    if coupon.limit_per_customer is not None:
        times = ngettext(
            "At most %(count)d time for each customer, who must be known.",
            "At most %(count)d times for each customer, who must be known.",
            coupon.limit_per_customer,
        )
        said.append(times % {"count": coupon.limit_per_customer})
    return said


def _stacking(coupon: Coupon) -> str:
    if coupon.exclusive:
        return _("Goes with no other coupon.")
    if coupon.stack_group:
        return _("Only one coupon of the group “%(group)s” on a basket; goes with others.") % {
            "group": coupon.stack_group
        }
    return _("Goes with other coupons.")


def _codes(coupon: Coupon) -> str:
    if coupon.code_style == CodeStyle.UNIQUE:
        return _("Each piece has a code of its own, good for one use.")
    said = {"code": codes.pretty(codes.normalise(coupon.shared_code or "…"))}
    if coupon.holders_only:
        return _("One code, %(code)s, only for customers it was given to, once each.") % said
    return _("One code for everybody: %(code)s.") % said


def _give_back(coupon: Coupon) -> str:
    if coupon.give_back == GiveBack.NEVER:
        return _("Once used it does not come back.")
    return _("It comes back %(when)s.") % {"when": coupon.get_give_back_display()}


def _moment(value: datetime) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
