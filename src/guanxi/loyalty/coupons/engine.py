"""The best combination of coupons on a basket, and why each of the others is not in it. Pure: no clock, no database."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guanxi.core.money import Minor
from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.coupons.kinds.base import amount_words
from guanxi.loyalty.coupons.types import Applied, Basket, Effect, Goods, NotUsed, Offer, Reason, Verdict

Score = tuple[Minor, int, int]
"""Money saved or coming back; pieces given; fewer coupons used up (negative). More is better, in this order."""


@dataclass(frozen=True, slots=True)
class _State:
    """A basket after the coupons used so far."""

    left: tuple[Minor, ...]
    shipping_left: Minor
    used: tuple[Applied, ...] = ()

    @property
    def score(self) -> Score:
        saved = sum(one.effect.worth for one in self.used)
        given = sum(gift.quantity for one in self.used for gift in one.effect.gifts)
        return saved, given, -len(self.used)


def best(offers: Sequence[Offer], basket: Basket, *, not_used: Sequence[NotUsed] = ()) -> Verdict:
    """The combination that saves the most; ``not_used`` are codes that were turned down before.

    Coupons act one after another, in the order of their kinds, on what those before them have left. Of combinations
    that save the same the one with more gifts wins, then the one that uses up fewer coupons, then the one whose
    coupons were named first.
    """
    ordered = sorted(offers, key=lambda offer: (KINDS.get(offer.kind).order, offers.index(offer)))
    start = _State(tuple(line.total for line in basket.lines), basket.shipping)
    alone = [effect(offer, basket, start.left, start.shipping_left) for offer in ordered]
    useful = [offer for offer, one in zip(ordered, alone, strict=True) if not one.nothing]
    # With less to act on no coupon takes more, so the sum of what each takes alone bounds what all still to come can.
    worth = [one.worth for one in alone if not one.nothing]
    bounds = [sum(worth[place:]) for place in range(len(worth) + 1)]
    found = _search(useful, basket, start, bounds)
    used = {id(one.offer) for one in found.used}
    passed_over = [
        NotUsed(code=offer.code, name=offer.name, reason=_why_not(offer, single, found.used, basket.currency))
        for offer, single in zip(ordered, alone, strict=True)
        if id(offer) not in used
    ]
    return Verdict(basket=basket, used=found.used, not_used=(*not_used, *passed_over))


def effect(offer: Offer, basket: Basket, left: Sequence[Minor], shipping_left: Minor) -> Effect:
    """What one coupon does to what is left of a basket."""
    lines = [(place, basket.lines[place]) for place in offer.eligible]
    return KINDS.get(offer.kind).apply(offer.params, Goods(lines=lines, left=left, shipping_left=shipping_left))


def go_together(one: Offer, other: Offer) -> bool:
    """Whether two coupons can be used on the same basket."""
    if one.exclusive or other.exclusive or one.coupon_id == other.coupon_id:
        return False
    return not one.stack_group or one.stack_group != other.stack_group


def _search(offers: Sequence[Offer], basket: Basket, start: _State, bounds: Sequence[Minor]) -> _State:
    """Every combination that may be used together, but for those that cannot beat the best one found."""
    best_state = start

    def visit(place: int, state: _State) -> None:
        nonlocal best_state
        if state.score > best_state.score:
            best_state = state
        if place == len(offers) or state.score[0] + bounds[place] < best_state.score[0]:
            return
        offer = offers[place]
        if all(go_together(offer, one.offer) for one in state.used):
            visit(place + 1, _after(state, offer, basket))
        visit(place + 1, state)

    visit(0, start)
    return best_state


def _after(state: _State, offer: Offer, basket: Basket) -> _State:
    done = effect(offer, basket, state.left, state.shipping_left)
    left = tuple(amount - done.lines.get(place, 0) for place, amount in enumerate(state.left))
    used = Applied(offer=offer, effect=done)
    return _State(left, state.shipping_left - done.shipping, (*state.used, used))


def _why_not(offer: Offer, single: Effect, used: Sequence[Applied], currency: str) -> Reason:
    if single.nothing:
        return Reason("no_effect", _("It would change nothing on this basket."))
    against = [one for one in used if not go_together(offer, one.offer)]
    if not against:
        return Reason("adds_nothing", _("With the others used there is nothing left for it to take off."))
    said = {
        "others": _(", ").join(one.offer.name for one in against),
        "alone": amount_words(single.worth, currency),
        "saved": amount_words(sum(one.effect.worth for one in used), currency),
    }
    if not single.worth:
        return Reason("not_combined", _("Cannot be used together with %(others)s, which is worth more.") % said)
    sentence = _("Cannot be used together with %(others)s: it saves %(alone)s alone, the coupons used save %(saved)s.")
    return Reason("not_combined", sentence % said)
