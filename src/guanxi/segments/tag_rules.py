"""Tags by rule: the members of a segment have a tag for as long as they are in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core import audit
from guanxi.core.models import User
from guanxi.customers import queries as customers
from guanxi.customers import services
from guanxi.segments.models import Segment, TagRule

MEMBERS = "SELECT customer_id FROM segments_membership WHERE segment_id = %(segment)s AND left_at IS NULL"
NOBODY = "SELECT NULL::bigint AS customer_id WHERE false"


class BadRule(ValueError):
    """The rule cannot be; the message is for people."""


@dataclass(frozen=True, slots=True)
class RuleCard:
    id: int
    tag_id: int
    tag: str
    segment_id: int
    segment: str


def rules(*, segment_id: int | None = None) -> list[RuleCard]:
    """All rules, or those of one segment, by the name of the tag."""
    rows = TagRule.objects.select_related("segment")
    if segment_id is not None:
        rows = rows.filter(segment_id=segment_id)
    names = {tag.id: tag.name for tag in customers.tags()} if rows else {}
    found = [RuleCard(row.pk, row.tag_id, names.get(row.tag_id, ""), row.segment_id, row.segment.name) for row in rows]
    return sorted(found, key=lambda card: card.tag)


def set_rule(segment_id: int, tag: str, *, user: User | None, now: datetime) -> int:
    """Let the members of a segment have a tag from now on. Gives the rule's number. Raises BadRule."""
    with transaction.atomic():
        segment = Segment.objects.select_for_update().filter(pk=segment_id, archived_at=None).first()
        if segment is None:
            raise BadRule(_("There is no segment no. %(number)d.") % {"number": segment_id})
        try:
            tag_id = services.make_tag(tag)
        except services.TagTaken:
            raise BadRule(_("Write the tag's name first.")) from None
        rule, made = TagRule.objects.get_or_create(
            tag_id=tag_id, defaults={"segment": segment, "created_by": user, "created_at": now}
        )
        if not made:
            said = {"tag": services.tag_name(tag), "segment": rule.segment.name}
            raise BadRule(_("%(tag)s follows the segment %(segment)s already.") % said)
        _apply([rule], now)
        audit.record("tag_rule.set", actor=user, subject=("segment", segment_id), detail={"tag": tag_id}, now=now)
    return rule.pk


def end_rule(rule_id: int, *, user: User | None, now: datetime) -> None:
    """The tag follows the segment no more: those whom only the rule gave it lose it."""
    with transaction.atomic():
        rule = TagRule.objects.select_for_update().filter(pk=rule_id).first()
        if rule is None:
            return
        services.follow_tag_rule(rule.pk, rule.tag_id, members=NOBODY, parameters={}, now=now)
        audit.record(
            "tag_rule.ended", actor=user, subject=("segment", rule.segment_id), detail={"tag": rule.tag_id}, now=now
        )
        rule.delete()


def apply(segment_id: int, *, now: datetime) -> None:
    """Bring the tags of a segment's members up to date; called wherever members are written."""
    _apply(TagRule.objects.filter(segment_id=segment_id), now)


def renamed(old: str, new: str) -> None:
    """A tag has another name: definitions that ask for it ask for the new one."""
    changed = []
    for segment in Segment.objects.select_for_update().exclude(definition={}):
        definition = _with_name(segment.definition, old, new)
        if definition != segment.definition:
            segment.definition = definition
            changed.append(segment)
    Segment.objects.bulk_update(changed, ["definition"])


def _apply(some: Sequence[TagRule] | Any, now: datetime) -> None:
    for rule in some:
        segment = {"segment": rule.segment_id}
        services.follow_tag_rule(rule.pk, rule.tag_id, members=MEMBERS, parameters=segment, now=now)


def _with_name(node: Any, old: str, new: str) -> Any:
    if "of" in node and "match" in node:
        return {**node, "of": [_with_name(child, old, new) for child in node["of"]]}
    if node.get("condition") == "tag" and old in node["values"]:
        return {**node, "values": list(dict.fromkeys(new if name == old else name for name in node["values"]))}
    return node
