"""One Ibis expression for a whole definition."""

from dataclasses import replace
from functools import reduce
from operator import and_, or_

from django.utils.translation import gettext as _

from guanxi.segments.conditions import CONDITIONS
from guanxi.segments.conditions.base import Context, Expression, FixedList, Table
from guanxi.segments.definition import Leaf, Node
from guanxi.segments.errors import DefinitionError


def predicate(node: Node, context: Context) -> Expression:
    """Who is in, over the rows of ``context.facts``: true or false, never null. Raises DefinitionError for a circle."""
    import ibis

    if isinstance(node, Leaf):
        return CONDITIONS.get(node.condition).predicate(dict(node.params), context)
    parts = [predicate(child, context) for child in node.of]
    if node.match == "all":
        return reduce(and_, parts) if parts else ibis.literal(True)
    some = reduce(or_, parts) if parts else ibis.literal(False)
    return ~some if node.match == "none" else some


def member_of(segment_id: int, context: Context) -> Expression:
    """Who is in another segment."""
    if segment_id in context.path:
        raise DefinitionError("", _("segment no. %(number)d depends on itself") % {"number": segment_id})
    source = context.segment(segment_id)
    if isinstance(source, FixedList):
        listed = context.tables["segment_members"]
        return context.among(listed.filter(listed.segment_id == segment_id, listed.left_at.isnull()))
    return predicate(source, replace(context, path=(*context.path, segment_id)))


def members(node: Node, context: Context) -> Table:
    """The rows of ``customer_facts`` that meet the definition. Erased people are in no segment."""
    facts = context.facts
    return facts.filter(~facts.erased, predicate(node, context))
