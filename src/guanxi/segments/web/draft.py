"""A definition while someone builds it: JSON that may still be incomplete, read from and moved about in a form.

Inputs are named by place: ``n`` is the outermost group, ``n.0`` its first part, ``n.0.times.value`` an input of that.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from guanxi.segments.conditions import CONDITIONS
from guanxi.segments.conditions.fields import Form, one
from guanxi.segments.conditions.names import Names
from guanxi.segments.definition import MATCHES, MAX_CONDITIONS, MAX_DEPTH
from guanxi.segments.errors import DefinitionError

Draft = dict[str, Any]
ROOT = "n"


def empty() -> Draft:
    return {"match": "all", "of": []}


def read(form: Form, names: Names, place: str = ROOT, depth: int = 1) -> Draft:
    """The draft that a form holds; whatever is missing or unknown is left out."""
    match = one(form, f"{place}.match")
    of: list[Draft] = []
    for number in range(MAX_CONDITIONS):
        child = f"{place}.{number}"
        condition = one(form, f"{child}.condition")
        if condition in CONDITIONS:
            of.append({"condition": condition, **CONDITIONS.get(condition).read(form, child, names)})
        elif f"{child}.match" in form and depth < MAX_DEPTH:
            of.append(read(form, names, child, depth + 1))
        else:
            break
    return {"match": match if match in MATCHES else "all", "of": of}


def change(draft: Draft, order: str) -> Draft:
    """The draft after an order: ``add:PLACE:CONDITION``, ``group:PLACE``, ``remove:``, ``up:``, ``down:``.

    An order that makes no sense changes nothing.
    """
    verb, _, rest = order.partition(":")
    place, _, condition = rest.partition(":")
    try:
        steps = [int(step) for step in place.split(".")[1:]]
        if verb in ("add", "group"):
            _add(_at(draft, steps), condition if verb == "add" else None, len(steps) + 1)
        elif verb in ("remove", "up", "down") and steps:
            _move(_at(draft, steps[:-1])["of"], steps[-1], verb)
    except (ValueError, IndexError, KeyError):
        return draft
    return draft


def _at(draft: Draft, steps: Sequence[int]) -> Draft:
    for step in steps:
        draft = draft["of"][step]
    return draft


def _add(group: Draft, condition: str | None, depth: int) -> None:
    if condition is None:
        if depth < MAX_DEPTH:
            group["of"].append({"match": "any", "of": []})
    elif condition in CONDITIONS:
        fields = CONDITIONS.get(condition).fields
        group["of"].append({"condition": condition, **{field.name: field.initial for field in fields}})


def _move(of: list[Draft], number: int, verb: str) -> None:
    node = of.pop(number)
    if verb != "remove":
        of.insert(max(0, number + (-1 if verb == "up" else 1)), node)


def complete(draft: Mapping[str, Any]) -> tuple[Draft, int]:
    """The part of a draft that can be counted already, and how many conditions and groups were left out."""
    kept: list[Draft] = []
    dropped = 0
    for child in draft["of"]:
        if "condition" in child:
            params = {key: value for key, value in child.items() if key != "condition"}
            try:
                CONDITIONS.get(child["condition"]).clean(params, "")
            except DefinitionError:
                dropped += 1
            else:
                kept.append(child)
            continue
        inner, missing = complete(child)
        dropped += missing
        if inner["of"]:
            kept.append(inner)
        elif not missing:
            dropped += 1
    return {"match": draft["match"], "of": kept}, dropped
