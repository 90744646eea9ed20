"""What goes into the engine of coupons and comes out of it. Money in minor units of the basket's currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from guanxi.core.money import Minor

MOST_LINES = 500
MOST_CODES = 10
"""Coupons weighed against each other on one basket; all their combinations are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
    key: str
    """How the caller knows the line."""
    product: str = ""
    """The shop's own code of it."""
    title: str = ""
    category: str = ""
    quantity: int = 1
    """Whole pieces, at least one."""
    total: Minor
    """What all of them cost before coupons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    currency: str
    lines: tuple[BasketLine, ...]
    shipping: Minor = 0
    shop_id: int | None = None
    customer_id: int | None = None

    @property
    def total(self) -> Minor:
        """The goods, without shipping."""
        return sum(line.total for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What a coupon may act on: the lines it holds for, and what other coupons have left of them."""

    lines: Sequence[tuple[int, BasketLine]]
    """Eligible lines with their place in the basket."""
    left: Sequence[Minor]
    """What is left to pay of every line of the basket."""
    shipping_left: Minor

    @property
    def spend(self) -> Minor:
        """What the eligible lines cost before coupons: what steps and minimums are measured by."""
        return sum(line.total for _place, line in self.lines)

    @property
    def payable(self) -> Minor:
        """What is left to pay of the eligible lines."""
        return sum(self.left[place] for place, _line in self.lines)


@dataclass(frozen=True, slots=True)
class Gift:
    title: str
    product: str = ""
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one coupon does to a basket."""

    lines: Mapping[int, Minor] = field(default_factory=dict)
    """Place of a line to what comes off it."""
    shipping: Minor = 0
    gifts: tuple[Gift, ...] = ()
    cash_back: Minor = 0
    """Not off the basket: it comes back as points."""

    @property
    def discount(self) -> Minor:
        return sum(self.lines.values())

    @property
    def saved(self) -> Minor:
        return self.discount + self.shipping

    @property
    def worth(self) -> Minor:
        """What the customer has of it, in money."""
        return self.saved + self.cash_back

    @property
    def nothing(self) -> bool:
        return not self.worth and not self.gifts


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a coupon does not hold, or was passed over: a code for programs, a sentence for people."""

    code: str
    message: Promise | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A coupon that holds for this basket, ready for the engine."""

    coupon_id: int
    issued_id: int | None = None
    code: str
    name: str
    kind: str
    params: Mapping[str, Any]
    eligible: tuple[int, ...]
    """Places of the lines it holds for."""
    exclusive: bool = False
    stack_group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    offer: Offer
    effect: Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUsed:
    """A code that was tried and is not part of the answer."""

    code: str
    name: str
    """Empty when nobody knows the code."""
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the coupons do to a basket: which are used, which not and why, and what comes off each line."""

    basket: Basket
    used: tuple[Applied, ...]
    not_used: tuple[NotUsed, ...]

    @property
    def line_discounts(self) -> tuple[Minor, ...]:
        """In the order of the basket's lines."""
        return tuple(
            sum(one.effect.lines.get(place, 0) for one in self.used) for place in range(len(self.basket.lines))
        )

    @property
    def discount(self) -> Minor:
        return sum(one.effect.discount for one in self.used)

    @property
    def shipping_discount(self) -> Minor:
        return sum(one.effect.shipping for one in self.used)

    @property
    def gifts(self) -> tuple[Gift, ...]:
        return tuple(gift for one in self.used for gift in one.effect.gifts)

    @property
    def cash_back(self) -> Minor:
        return sum(one.effect.cash_back for one in self.used)

    @property
    def to_pay(self) -> Minor:
        return self.basket.total - self.discount + self.basket.shipping - self.shipping_discount


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """One entry of the ledger."""

    id: int
    coupon_id: int
    coupon_name: str
    customer_id: int | None
    shop_id: int | None
    order_number: str
    currency: str
    discount: Minor
    shipping_discount: Minor
    lines: tuple[tuple[str, Minor], ...]
    gifts: tuple[Gift, ...]
    cash_back: Minor
    """What came back as points; negative when it was taken back."""
    points: int
    at: datetime
    reverses_id: int | None
    returned: bool
