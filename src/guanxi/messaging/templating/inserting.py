"""Templates that insert values and do nothing else: filled in without running Liquid.

Most messages are words, ``{{ variable }}`` and ``{{ variable | default: "words" }}``. Their parsed form becomes a list
of words and slots once, and filling it in is a look into a dictionary for each slot, a tenth of the work. A template
that does more, or writes out a value that is not there, is left to Liquid, which says the same in any case.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from liquid import BoundTemplate, escape
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import Filter, FilteredExpression, Path, PositionalArgument, StringLiteral
from liquid.builtin.output import OutputNode

from guanxi.messaging.templating import liquid, provided

LINKS = ("click_url", "open_url")
"""What we put into templates ourselves, beside what authors may write."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value goes."""

    name: str
    """As in `liquid.variables`."""
    fallback: str | None
    """What is written instead of a value that is not there; None when the author gave nothing."""


class Part:
    """A subject, a text or a page of HTML, with Liquid in it."""

    def __init__(self, template: BoundTemplate) -> None:
        self._template = template
        self._escape: Callable[[str], str] = escape if template.env.autoescape else str
        self._pieces = _pieces(template)

    def fill(self, values: Mapping[str, str]) -> list[str]:
        """The words in pieces; what the author wrote is the same string every time. ``values`` are named as in
        VARIABLES, without those that are not known. Raises LiquidError."""
        filled = self._inserted(values) if self._pieces is not None else None
        return liquid.render(self._template, nested(values)) if filled is None else filled

    def _inserted(self, values: Mapping[str, str]) -> list[str] | None:
        filled: list[str] = []
        for piece in self._pieces or ():
            if isinstance(piece, str):
                filled.append(piece)
            elif value := values.get(piece.name):
                filled.append(self._escape(value))
            elif piece.fallback is not None:
                filled.append(piece.fallback)
            else:
                return None
        return filled


def nested(values: Mapping[str, str]) -> dict[str, Any]:
    """As Liquid wants it: ``customer.name`` stands in ``customer``."""
    top: dict[str, Any] = {"customer": {"fields": {}}, "merchant": {}}
    for name, value in values.items():
        *groups, last = name.split(".")
        here = top
        for group in groups:
            here = here.setdefault(group, {})
        here[last] = value
    return top


def _pieces(template: BoundTemplate) -> list[str | Slot] | None:
    """None when the template does more than insert values."""
    pieces: list[str | Slot] = []
    for node in template.nodes:
        piece = node.text if type(node) is ContentNode else _slot(node) if type(node) is OutputNode else None
        if piece is None:
            return None
        pieces.append(piece)
    fits = sum(len(piece) for piece in pieces if isinstance(piece, str)) < liquid.Pieces.LIMIT // 2
    return pieces if fits else None


def _slot(node: OutputNode) -> Slot | None:
    expression = node.expression
    if type(expression) is not FilteredExpression or type(expression.left) is not Path:
        return None
    name = ".".join(map(str, expression.left.path))
    own = name.startswith(liquid.FIELDS) or provided.is_provided(name)
    if name not in liquid.VARIABLES and name not in LINKS and not own:
        return None
    match expression.filters or []:
        case []:
            return Slot(name, None)
        case [Filter(name="default", args=[PositionalArgument(value=StringLiteral(value=words))])]:
            return Slot(name, words)  # the author's own words are not escaped
    return None
