"""What the visits room announces of known customers. Written in sets; see announcing.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.event_types import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEvent(Event):
    """Base: on the website ``site_id``; the subject is the visitor, which is one browser."""

    site_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteVisited(SiteEvent):
    """A visit began."""

    kind: ClassVar[str] = "site.visit"
    label: ClassVar[Promise | str] = _("Visited the website")
    icon: ClassVar[str] = "world"
    told: ClassVar[Sequence[str]] = ("{source}", "{campaign}")
    source: str
    medium: str
    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductEvent(SiteEvent):
    """About a product, by the shop's own code; facts that were not said are missing."""

    told: ClassVar[Sequence[str]] = ("{title}", "{category}")
    product: str = ""
    title: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductViewed(ProductEvent):
    kind: ClassVar[str] = "site.product"
    label: ClassVar[Promise | str] = _("Looked at a product")
    icon: ClassVar[str] = "eye"


@dataclass(frozen=True, slots=True, kw_only=True)
class PutInCart(ProductEvent):
    kind: ClassVar[str] = "site.cart"
    label: ClassVar[Promise | str] = _("Put a product in the cart")
    icon: ClassVar[str] = "shopping-cart-plus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched(SiteEvent):
    kind: ClassVar[str] = "site.search"
    label: ClassVar[Promise | str] = _("Searched on the website")
    icon: ClassVar[str] = "search"
    told: ClassVar[Sequence[str]] = ("{term}",)
    term: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedOnSite(SiteEvent):
    """The website says that an order was placed; the order itself comes in with the shop's orders."""

    kind: ClassVar[str] = "site.order"
    label: ClassVar[Promise | str] = _("Finished an order on the website")
    icon: ClassVar[str] = "shopping-cart-check"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSent(SiteEvent):
    kind: ClassVar[str] = "site.form"
    label: ClassVar[Promise | str] = _("Sent a form on the website")
    icon: ClassVar[str] = "forms"
