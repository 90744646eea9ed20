"""Definitions: nested groups of conditions, kept as JSON.

    {"match": "all", "of": [
        {"condition": "orders", "times": {"at_least": 2}, "within": {"last_days": 365}},
        {"match": "any", "of": [{"condition": "region", "values": ["浙江省"]}, {"condition": "has_email"}]},
        {"match": "none", "of": [{"condition": "tag", "values": ["staff"]}]}
    ]}

A condition's other keys are its parameters; what is left out has its first value. The outermost group may be empty: it
then holds every customer.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from guanxi.segments.conditions import CONDITIONS
from guanxi.segments.conditions.names import Names
from guanxi.segments.errors import DefinitionError

MATCHES = ("all", "any", "none")
MAX_DEPTH = 6
MAX_CONDITIONS = 60


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition with its parameters, clean."""

    condition: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Several nodes of which all, any or none must hold."""

    match: str
    of: Sequence["Node"]


Node = Group | Leaf
EVERYONE = Group("all", ())


def parse(raw: Any) -> Group:
    """A definition from JSON text, or from what such text holds. Raises DefinitionError with the bad node's path."""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except (json.JSONDecodeError, RecursionError) as error:
            raise DefinitionError("", _("is not JSON: %(error)s") % {"error": error}) from None
    if raw == {}:
        return EVERYONE
    node = _node(raw, "", 1)
    if isinstance(node, Leaf):
        node = Group("all", (node,))
    if sum(1 for _leaf in leaves(node)) > MAX_CONDITIONS:
        raise DefinitionError("", _("has more than %(limit)d conditions") % {"limit": MAX_CONDITIONS})
    return node


def _node(raw: Any, path: str, depth: int) -> Node:
    if not isinstance(raw, dict):
        raise DefinitionError(path, _("must be an object with “match” or “condition”"))
    if "condition" in raw:
        name = raw["condition"]
        if not isinstance(name, str) or name not in CONDITIONS:
            raise DefinitionError(path, _("there is no condition “%(name)s”") % {"name": name})
        params = {key: value for key, value in raw.items() if key != "condition"}
        return Leaf(name, CONDITIONS.get(name).clean(params, path))
    if raw.get("match") not in MATCHES:
        raise DefinitionError(path, _("“match” must be one of all, any, none"))
    if unknown := sorted(raw.keys() - {"match", "of"}):
        raise DefinitionError(path, _("a group has no %(names)s") % {"names": ", ".join(unknown)})
    if depth > MAX_DEPTH:
        raise DefinitionError(path, _("groups are nested more than %(limit)d deep") % {"limit": MAX_DEPTH})
    children = raw.get("of", [])
    if not isinstance(children, list):
        raise DefinitionError(f"{path}.of" if path else "of", _("must be a list"))
    if not children and depth > 1:
        raise DefinitionError(path, _("this group is empty"))
    step = f"{path}.of" if path else "of"
    return Group(raw["match"], tuple(_node(child, f"{step}[{i}]", depth + 1) for i, child in enumerate(children)))


def to_json(node: Node) -> dict[str, Any]:
    """What ``parse`` reads."""
    if isinstance(node, Leaf):
        return {"condition": node.condition, **node.params}
    return {"match": node.match, "of": [to_json(child) for child in node.of]}


def leaves(node: Node) -> Iterator[Leaf]:
    """Every condition, in reading order."""
    if isinstance(node, Leaf):
        yield node
    else:
        for child in node.of:
            yield from leaves(child)


def segments_used(node: Node) -> set[int]:
    """Segments that this definition names itself."""
    return {number for leaf in leaves(node) if leaf.condition == "segment" for number in leaf.params["segments"]}


def find_circle(start: int, node: Node, definition_of: Callable[[int], Node | None]) -> list[int]:
    """The segments, from ``start`` back to ``start``, through which a definition would depend on itself; or empty.

    ``definition_of`` gives another segment's definition, None for a list.
    """

    def visit(current: Node, path: list[int]) -> list[int]:
        for number in sorted(segments_used(current)):
            if number == start:
                return [*path, start]
            if number in path:
                continue
            used = definition_of(number)
            if used is not None and (found := visit(used, [*path, number])):
                return found
        return []

    return visit(node, [start])


def describe(node: Node, names: Names) -> str:
    """The definition in words of the current language."""
    if isinstance(node, Leaf):
        return CONDITIONS.get(node.condition).describe(dict(node.params), names)
    if not node.of:
        return _("nobody") if node.match == "any" else _("every customer")
    parts = [
        _("(%(group)s)") % {"group": said} if _needs_brackets(child, node) else said
        for child in node.of
        for said in [describe(child, names)]
    ]
    if node.match == "none":
        return _("none of these: %(parts)s") % {"parts": _("; ").join(parts)}
    joint = _("%(first)s and %(second)s") if node.match == "all" else _("%(first)s or %(second)s")
    said = parts[0]
    for part in parts[1:]:
        said = joint % {"first": said, "second": part}
    return said


def _needs_brackets(child: Node, parent: Group) -> bool:
    return isinstance(child, Group) and len(parent.of) > 1 and (len(child.of) > 1 or child.match == "none")
