"""The kinds of identifiers: what a value of each is worth, where it means something, and for how long."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.customers import masking
from guanxi.customers.types import IdentifierKind


class Scope(Enum):
    """Where two equal values mean the same person."""

    EVERYWHERE = 1
    SHOP = 2
    NAMED = 3
    """Within the app or programme that the identifier names; of none named, everywhere."""
    APP = 4
    """Within the app that the identifier names; of none named, within the shop that gave it."""


class Worth(Enum):
    """What it says that two records share a value."""

    HOLDER = 1
    """They are one person's: the platform gives each value to one."""
    CONTACT = 2
    """They are one person's, unless too many unlike people come with it; see sharing.py."""
    HINT = 3
    """They may be one person's: a family shares a computer. Never says who somebody is, only helps to suggest pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    label: Promise | str
    noun: Promise | str
    """In the middle of a sentence."""
    same: Promise | str
    """Why two records are one customer's."""
    rank: int
    """Where the identifiers of one profile point at several customers, the lowest wins; equal ones, the oldest."""
    scope: Scope = Scope.EVERYWHERE
    worth: Worth = Worth.HOLDER
    lasts: timedelta | None = None
    """After its first sight a value may be somebody else's."""
    mask: Callable[[str], str] = masking.account


OAID_LASTS = timedelta(days=7)
"""Taobao changes what it calls a recipient after about a week."""
TRAITS: dict[IdentifierKind, Traits] = {
    IdentifierKind.PLATFORM_ACCOUNT: Traits(
        label=_("Platform account"),
        noun=_("platform account"),
        same=_("Same account on the platform."),
        rank=0,
        scope=Scope.SHOP,
    ),
    IdentifierKind.EXTERNAL_ID: Traits(
        label=_("Customer number"),
        noun=_("customer number"),
        same=_("Same customer number."),
        rank=0,
        scope=Scope.SHOP,
    ),
    IdentifierKind.WECHAT_UNIONID: Traits(
        label=_("WeChat unionid"), noun=_("WeChat unionid"), same=_("Same WeChat user."), rank=0, scope=Scope.NAMED
    ),
    IdentifierKind.WECHAT_OPENID: Traits(
        label=_("WeChat openid"), noun=_("WeChat openid"), same=_("Same WeChat user."), rank=0, scope=Scope.APP
    ),
    IdentifierKind.QQ: Traits(label=_("QQ number"), noun=_("QQ number"), same=_("Same QQ number."), rank=0),
    IdentifierKind.WEIBO: Traits(label=_("Weibo user"), noun=_("Weibo user"), same=_("Same Weibo user."), rank=0),
    IdentifierKind.TAOBAO_OUID: Traits(
        label=_("Taobao buyer (ouid)"),
        noun=_("Taobao ouid"),
        same=_("Same Taobao buyer."),
        rank=0,
        scope=Scope.SHOP,
    ),
    IdentifierKind.TAOBAO_OMID: Traits(
        label=_("Taobao member (omid)"),
        noun=_("Taobao omid"),
        same=_("Same Taobao buyer."),
        rank=0,
        scope=Scope.NAMED,
    ),
    IdentifierKind.CARD: Traits(
        label=_("Member card"),
        noun=_("member card"),
        same=_("Same member card."),
        rank=0,
        scope=Scope.NAMED,
    ),
    IdentifierKind.PHONE: Traits(
        label=_("Phone number"),
        noun=_("phone number"),
        same=_("Same phone number."),
        rank=1,
        worth=Worth.CONTACT,
        mask=masking.phone,
    ),
    IdentifierKind.EMAIL: Traits(
        label=_("E-mail address"),
        noun=_("e-mail address"),
        same=_("Same e-mail address."),
        rank=2,
        worth=Worth.CONTACT,
        mask=masking.email,
    ),
    IdentifierKind.TAOBAO_OAID: Traits(
        label=_("Taobao recipient (oaid)"),
        noun=_("Taobao oaid"),
        same=_("Same recipient on Taobao, in the same week."),
        rank=3,
        scope=Scope.SHOP,
        lasts=OAID_LASTS,
    ),
    IdentifierKind.COOKIE: Traits(
        label=_("Browser"),
        noun=_("browser"),
        same=_("Same browser."),
        rank=9,
        scope=Scope.NAMED,
        worth=Worth.HINT,
    ),
    IdentifierKind.DEVICE: Traits(
        label=_("Device"),
        noun=_("device"),
        same=_("Same device."),
        rank=9,
        scope=Scope.NAMED,
        worth=Worth.HINT,
    ),
}

RANK = {kind: traits.rank for kind, traits in TRAITS.items()}
PASSING = {kind: traits.lasts for kind, traits in TRAITS.items() if traits.lasts}
HINTS = frozenset(kind for kind, traits in TRAITS.items() if traits.worth is Worth.HINT)
CONTACTS = frozenset(kind for kind, traits in TRAITS.items() if traits.worth is Worth.CONTACT)
HOLDERS = frozenset(kind for kind, traits in TRAITS.items() if traits.worth is Worth.HOLDER and not traits.lasts)
"""Kinds of which one person has each value for good."""
SHOP_SCOPED = frozenset(kind for kind, traits in TRAITS.items() if traits.scope is Scope.SHOP)
NEEDS_APP = frozenset(kind for kind, traits in TRAITS.items() if traits.scope is Scope.APP)
NAMED = frozenset(kind for kind, traits in TRAITS.items() if traits.scope in (Scope.NAMED, Scope.APP))


def place(kind: IdentifierKind, shop_id: int, within: str) -> tuple[int, str]:
    """The shop (0 for none) and the app or programme in which a value of this kind means something."""
    if kind in SHOP_SCOPED:
        return shop_id, ""
    if kind in NAMED:
        return (shop_id if kind in NEEDS_APP and not within else 0), within
    return 0, ""


def masked(kind: str, value: str) -> str:
    """A value as people may see it."""
    return TRAITS[IdentifierKind(kind)].mask(value)
