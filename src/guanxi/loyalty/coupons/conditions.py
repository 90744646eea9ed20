"""On what baskets, for whom and when a coupon holds. One list of reasons says everything that stands in its way."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from guanxi.commerce import queries as commerce
from guanxi.core import bulk
from guanxi.core.money import Minor
from guanxi.loyalty.coupons import hooks
from guanxi.loyalty.coupons.kinds.base import amount_words
from guanxi.loyalty.coupons.kinds.fields import LARGEST_AMOUNT, whole_number
from guanxi.loyalty.coupons.problems import BadRule
from guanxi.loyalty.coupons.types import Basket, Reason

MOST_VALUES = 200


class Buyer:
    """Whose basket it is; what has to be looked up is looked up once, when a condition asks."""

    def __init__(self, customer_id: int | None, *, tier: str | None = None, ordered: bool | None = None) -> None:
        """``tier`` and ``ordered`` are given where someone tries a coupon out."""
        self.customer_id = customer_id
        self._tier, self._ordered = tier, ordered

    @cached_property
    def tier(self) -> str:
        if self._tier is not None:
            return self._tier
        return hooks.tier_of(self.customer_id) if self.customer_id else ""

    @cached_property
    def ordered(self) -> bool | None:
        """None where nobody knows who it is."""
        if self._ordered is not None or not self.customer_id:
            return self._ordered
        return commerce.has_ordered(self.customer_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Money in the coupon's currency. Empty lists ask nothing. Products and categories together mean either."""

    min_spend: Minor = 0
    """Of the goods it holds for, before coupons."""
    products: tuple[str, ...] = ()
    """The shop's own codes, in capitals or not."""
    categories: tuple[str, ...] = ()
    shops: tuple[int, ...] = ()
    tiers: tuple[str, ...] = ()
    """Codes of tiers."""
    first_order: bool = False
    weekdays: tuple[int, ...] = ()
    """0 is Monday; in the merchant's time zone."""

    def eligible(self, basket: Basket) -> tuple[int, ...]:
        """Places of the lines the coupon holds for."""
        if not self.products and not self.categories:
            return tuple(range(len(basket.lines)))
        products = {one.casefold() for one in self.products}
        categories = {one.casefold() for one in self.categories}
        return tuple(
            place
            for place, line in enumerate(basket.lines)
            if (line.product and line.product.casefold() in products)
            or (line.category and line.category.casefold() in categories)
        )

    def against(self, basket: Basket, buyer: Buyer, today: date) -> list[Reason]:
        """Everything that keeps the coupon from holding for this basket today; empty when it holds."""
        found = []
        places = self.eligible(basket)
        spend = sum(basket.lines[place].total for place in places)
        if not places:
            found.append(Reason("products", _("Nothing in the basket is among the goods it is for.")))
        elif spend < self.min_spend:
            said = {
                "missing": amount_words(self.min_spend - spend, basket.currency),
                "least": amount_words(self.min_spend, basket.currency),
            }
            found.append(Reason("min_spend", _("From %(least)s on: %(missing)s more is needed.") % said))
        if self.shops and basket.shop_id not in self.shops:
            found.append(Reason("shop", _("It does not hold in this shop.")))
        if self.weekdays and today.weekday() not in self.weekdays:
            found.append(Reason("weekday", _("It holds only on: %(days)s.") % {"days": self.day_words()}))
        return [*found, *self._against_buyer(buyer)]

    def _against_buyer(self, buyer: Buyer) -> list[Reason]:
        found = []
        if self.tiers and buyer.tier.casefold() not in {one.casefold() for one in self.tiers}:
            found.append(Reason("tier", _("It is for members of: %(tiers)s.") % {"tiers": _(", ").join(self.tiers)}))
        if self.first_order and buyer.ordered is None:
            found.append(Reason("first_order", _("It is for a first order, and nobody knows who is buying.")))
        elif self.first_order and buyer.ordered:
            found.append(Reason("first_order", _("It is for a first order; this customer has bought before.")))
        return found

    def words(self, currency: str, shops: Mapping[int, str]) -> list[str]:
        """Each condition as a sentence."""
        said = []
        if self.min_spend:
            said.append(_("From %(least)s on, before coupons.") % {"least": amount_words(self.min_spend, currency)})
        if self.products:
            said.append(_("On these products: %(products)s.") % {"products": _(", ").join(self.products)})
        if self.categories:
            said.append(_("On these categories: %(categories)s.") % {"categories": _(", ").join(self.categories)})
        if self.shops:
            names = [shops.get(one, str(one)) for one in self.shops]
            said.append(_("In these shops: %(shops)s.") % {"shops": _(", ").join(names)})
        if self.tiers:
            said.append(_("For members of: %(tiers)s.") % {"tiers": _(", ").join(self.tiers)})
        if self.first_order:
            said.append(_("On a customer's first order."))
        if self.weekdays:
            said.append(_("Only on: %(days)s.") % {"days": self.day_words()})
        return said

    def day_words(self) -> str:
        return _(", ").join(str(WEEKDAYS[day]) for day in self.weekdays)

    def to_json(self) -> dict[str, Any]:
        """Only what is asked."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items() if value
        }


def read(kept: Mapping[str, Any]) -> Conditions:
    """Conditions as they are kept."""
    said: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return Conditions(**said)


def parse(said: Any) -> Conditions:
    """Conditions as someone sent them. Raises BadRule."""
    if not isinstance(said, Mapping):
        raise BadRule({"conditions": _("The conditions must be an object.")})
    known = {field.name for field in fields(Conditions)}
    problems = {str(name): _("There is no such condition.") for name in said if name not in known}
    for name in ("products", "categories", "tiers"):
        if not _all(said.get(name), _is_text):
            problems[name] = _("Give at most %(most)d texts.") % {"most": MOST_VALUES}
    if not _all(said.get("shops"), lambda one: whole_number(one, 1, 2**63 - 1)):
        problems["shops"] = _("Give the numbers of shops.")
    if not _all(said.get("weekdays"), lambda one: whole_number(one, 0, 6)):
        problems["weekdays"] = _("Give days from 0 (Monday) to 6 (Sunday).")
    if not whole_number(said.get("min_spend", 0), 0, LARGEST_AMOUNT):
        problems["min_spend"] = _("Enter an amount of zero or more.")
    if not isinstance(said.get("first_order", False), bool):
        problems["first_order"] = _("Say yes or no.")
    if problems:
        raise BadRule(problems)
    cleaned = {name: _cleaned(value) for name, value in said.items() if value}
    return read(cleaned)


def _is_text(one: Any) -> bool:
    return isinstance(one, str) and bool(one.strip()) and len(one) <= 100 and bulk.storable(one) == one


def _all(values: Any, holds: Any) -> bool:
    if values is None:
        return True
    return isinstance(values, list | tuple) and len(values) <= MOST_VALUES and all(map(holds, values))


def _cleaned(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return value
    texts: Sequence[Any] = [one.strip() if isinstance(one, str) else one for one in value]
    return list(dict.fromkeys(sorted(texts) if all(isinstance(one, int) for one in texts) else texts))


def local_day(now: datetime, zone: Any) -> date:
    return now.astimezone(zone).date()
