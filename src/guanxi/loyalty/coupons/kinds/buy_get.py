"""Buy n, get m more for less or for nothing: the cheapest of the pieces."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.money import Minor
from guanxi.loyalty.coupons.kinds.base import CouponKind, Params, percent_words
from guanxi.loyalty.coupons.kinds.fields import Number, Share
from guanxi.loyalty.coupons.splitting import WHOLE, share_of, split
from guanxi.loyalty.coupons.types import Effect, Goods


class BuyGet(CouponKind):
    """Of every n + m pieces m are for less; over the whole basket these are the cheapest pieces there are."""

    name = "buy_get"
    label = gettext_lazy("Buy n, get m")
    hint = gettext_lazy("Three for the price of two, or the second at half price.")
    icon = "packages"
    order = 10
    fields = (
        Number(name="buy", label=gettext_lazy("Pieces to buy")),
        Number(name="get", label=gettext_lazy("Pieces for less")),
        Share(
            name="share",
            label=gettext_lazy("Percent off these"),
            help=gettext_lazy("100 makes them free; 50 is “the second at half price”."),
            initial=WHOLE,
        ),
        Number(name="times", label=gettext_lazy("At most so many times on one basket"), required=False),
    )
    example = {"buy": 2, "get": 1, "share": 10_000}

    def words(self, params: Params, currency: str) -> str:
        how = _("free") if params["share"] == WHOLE else _("%(share)s off") % {"share": percent_words(params["share"])}
        said = {"buy": params["buy"], "get": params["get"], "how": how, "times": params.get("times")}
        if params.get("times"):
            return _("Buy %(buy)d, get %(get)d of the cheapest %(how)s, at most %(times)d times") % said
        return _("Buy %(buy)d, get %(get)d of the cheapest %(how)s") % said

    def apply(self, params: Params, goods: Goods) -> Effect:
        pieces = sum(line.quantity for _place, line in goods.lines)
        rounds = pieces // (params["buy"] + params["get"])
        wanted = min(rounds, params.get("times") or rounds) * params["get"]
        taken: dict[int, Minor] = {}
        for price, count, place in sorted(_prices(goods)):
            number = min(count, wanted)
            wanted -= number
            taken[place] = taken.get(place, 0) + number * price
        places = list(taken)
        parts = split(share_of(sum(taken.values()), params["share"]), [taken[place] for place in places])
        return Effect(lines={place: part for place, part in zip(places, parts, strict=True) if part})


def _prices(goods: Goods) -> Iterator[tuple[Minor, int, int]]:
    """Price, number of pieces at it, and place of the line: what is left of a line over its pieces, to the unit."""
    for place, line in goods.lines:
        each, dearer = divmod(goods.left[place], line.quantity)
        yield each, line.quantity - dearer, place
        if dearer:
            yield each + 1, dearer, place
