"""What a kind of coupon is: what it asks for, what it says in words, and what it does to a basket."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from guanxi.core import money
from guanxi.core.money import Minor
from guanxi.loyalty.coupons.kinds.fields import Field, Text, plain
from guanxi.loyalty.coupons.problems import BadRule
from guanxi.loyalty.coupons.splitting import split
from guanxi.loyalty.coupons.types import Effect, Goods

Params = Mapping[str, Any]


class CouponKind(ABC):
    """Base of all kinds. A member must pass loyalty/tests/coupons/test_kinds.py."""

    name: ClassVar[str]
    label: ClassVar[Text]
    hint: ClassVar[Text]
    """One line that tells when to take it."""
    icon: ClassVar[str]
    order: ClassVar[int]
    """Coupons used together act in this order: parts of the goods first, then shares, then amounts, then extras."""
    needs_points: ClassVar[bool] = False
    """Only for a known customer of a shop where customers earn points."""
    fields: ClassVar[Sequence[Field]]
    example: ClassVar[Params]
    """Parameters that tests and the first look at the designer begin with; money for a currency of hundredths."""

    @abstractmethod
    def words(self, params: Params, currency: str) -> str:
        """The rule in one sentence, without conditions."""

    @abstractmethod
    def apply(self, params: Params, goods: Goods) -> Effect:
        """What it does to what other coupons have left. Never takes more off a line than is left of it.

        The less is left, the less it takes: the search for the best combination relies on it.
        """

    def check(self, params: Any) -> dict[str, Any]:
        """The parameters as they are kept. Raises BadRule."""
        if not isinstance(params, Mapping):
            raise BadRule({"params": _("The parameters must be an object.")})
        known = {field.name: field for field in self.fields}
        problems = {str(name): _("This kind of coupon has no such parameter.") for name in params if name not in known}
        kept = {}
        for name, field in known.items():
            value = params.get(name)
            if value is None:
                if field.required:
                    problems[name] = _("“%(field)s” is missing.") % {"field": field.label}
            elif said := field.problem(value):
                problems[name] = said
            else:
                kept[name] = value
        if problems:
            raise BadRule(problems)
        if more := self.check_more(kept):
            raise BadRule(more)
        return kept

    def check_more(self, params: dict[str, Any]) -> dict[str, str]:
        """What is wrong with parameters each of which is right."""
        return {}


def off_lines(amount: Minor, goods: Goods) -> Effect:
    """An amount off the eligible lines, by what is left to pay of each; no more than there is."""
    places = [place for place, _line in goods.lines]
    parts = split(min(amount, goods.payable), [goods.left[place] for place in places])
    return Effect(lines={place: part for place, part in zip(places, parts, strict=True) if part})


def amount_words(amount: Minor, currency: str) -> str:
    """Money in the page's language."""
    from guanxi.core.templatetags.guanxi import babel_locale

    return money.display(amount, currency, locale=babel_locale())


def percent_words(share: int) -> str:
    """1250 is ``12.5 %``."""
    from decimal import Decimal

    return f"{plain(Decimal(share) / 100).normalize():f} %"
