"""Why a customer is in a segment or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from guanxi.segments import compiler, queries
from guanxi.segments.conditions import CONDITIONS
from guanxi.segments.conditions.base import Context, moment_words
from guanxi.segments.conditions.names import Names
from guanxi.segments.definition import Leaf, Node, leaves
from guanxi.segments.models import Membership
from guanxi.segments.types import Explanation, Reason
from guanxi.warehouse.queries import Snapshot


def of(node: Node, *, customer_id: int, snapshot: Snapshot, context: Context) -> Explanation:
    """Ask every condition about the one customer."""
    facts = context.facts
    found = snapshot.scalar(facts.filter(facts.customer_id == customer_id, ~facts.erased).count())
    asked = list(leaves(node))
    held = _held(asked, customer_id, snapshot, context) if found else set()
    reasons = iter([_leaf(leaf, n in held, customer_id, snapshot, context) for n, leaf in enumerate(asked)])
    reason = _tree(node, reasons)
    return Explanation(customer_id, known=bool(found), inside=bool(found) and reason.inside, reason=reason)


def of_list(*, segment_id: int, customer_id: int) -> Explanation:
    """Why a customer is on a fixed list or not: when they were put on it."""
    stay = Membership.objects.filter(segment_id=segment_id, customer_id=customer_id).order_by("-entered_at").first()
    inside = stay is not None and stay.left_at is None
    if stay is None:
        own = _("never on the list")
    elif inside:
        own = _("on the list since %(moment)s") % {"moment": moment_words(stay.entered_at)}
    else:
        own = _("taken off on %(moment)s") % {"moment": moment_words(stay.left_at)}
    reason = Reason(words=_("On the list"), inside=inside, own=own)
    return Explanation(customer_id, known=True, inside=inside, reason=reason)


def _held(asked: Sequence[Leaf], customer_id: int, snapshot: Snapshot, context: Context) -> set[int]:
    """Positions of the conditions that the customer meets, in one query."""
    import ibis

    facts = context.facts
    rows: list[Any] = [
        facts.filter(facts.customer_id == customer_id, compiler.predicate(leaf, context)).select(
            place=ibis.literal(place, "int64")
        )
        for place, leaf in enumerate(asked)
    ]
    if not rows:
        return set()
    return set(snapshot.execute(ibis.union(*rows) if len(rows) > 1 else rows[0]).column("place").to_pylist())


def _leaf(leaf: Leaf, inside: bool, customer_id: int, snapshot: Snapshot, context: Context) -> Reason:
    condition, params, names = CONDITIONS.get(leaf.condition), dict(leaf.params), queries.names()
    rows = condition.own(params, context)
    own = snapshot.execute(rows.filter(rows.customer_id == customer_id)).to_pylist()
    return Reason(words=condition.describe(params, names), inside=inside, own=condition.own_words(params, own, names))


def _tree(node: Node, reasons: Any) -> Reason:
    if isinstance(node, Leaf):
        return next(reasons)
    of = tuple(_tree(child, reasons) for child in node.of)
    held = [reason.inside for reason in of]
    inside = {"all": all(held), "any": any(held), "none": not any(held)}[node.match]
    return Reason(words=match_words(node.match), inside=inside, match=node.match, of=of)


def match_words(match: str) -> str:
    """A group's rule in words."""
    return {
        "all": _("All of these hold"),
        "any": _("At least one of these holds"),
        "none": _("None of these holds"),
    }[match]


@dataclass(frozen=True, slots=True)
class Outline:
    """A definition in words, as a tree for the page."""

    words: str
    icon: str = ""
    of: tuple["Outline", ...] = ()


def outline(node: Node, names: Names) -> Outline:
    if isinstance(node, Leaf):
        condition = CONDITIONS.get(node.condition)
        return Outline(condition.describe(dict(node.params), names), condition.icon)
    return Outline(match_words(node.match), of=tuple(outline(child, names) for child in node.of))
