"""Writing segments: make, change, put away, bring their membership up to date, and bring lists."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanxi.core import audit, jobs
from guanxi.core.models import Job, User
from guanxi.core.models.jobs import JobState
from guanxi.segments import membership, queries
from guanxi.segments.definition import Group, find_circle, parse, segments_used, to_json
from guanxi.segments.errors import DefinitionError
from guanxi.segments.models import Segment, SegmentKind
from guanxi.segments.queries import Definition, UnknownSegment
from guanxi.segments.tag_rules import BadRule, end_rule, set_rule
from guanxi.segments.types import Refreshed
from guanxi.warehouse import queries as warehouse

__all__ = [
    "BadRule",
    "NameTaken",
    "archive_segment",
    "change_list",
    "create_list",
    "create_segment",
    "duplicate_segment",
    "end_rule",
    "refresh_membership",
    "restore_segment",
    "set_rule",
    "start_refresh",
    "update_segment",
]


class NameTaken(ValueError):
    """Another segment has this name."""


def create_segment(
    *,
    name: str,
    definition: Definition,
    now: datetime,
    description: str = "",
    user: User | None = None,
) -> int:
    """Make a segment by conditions. Gives its number. Raises NameTaken, DefinitionError, UnknownSegment."""
    node = _checked(definition, segment_id=None)
    with transaction.atomic():
        segment = _saved(
            Segment(
                name=name.strip(),
                description=description.strip(),
                definition=to_json(node),
                definition_changed_at=now,
                created_by=user,
                created_at=now,
                updated_at=now,
            )
        )
        audit.record("segment.created", actor=user, subject=("segment", segment.pk), now=now)
    return segment.pk


def update_segment(
    segment_id: int,
    *,
    name: str,
    definition: Definition | None = None,
    now: datetime,
    description: str = "",
    user: User | None = None,
) -> None:
    """Change a segment; a fixed list has no definition. Raises NameTaken, DefinitionError, UnknownSegment."""
    with transaction.atomic():
        segment = _locked(segment_id)
        segment.name, segment.description, segment.updated_at = name.strip(), description.strip(), now
        if segment.kind == SegmentKind.DYNAMIC and definition is not None:
            changed = to_json(_checked(definition, segment_id=segment_id))
            if changed != segment.definition:
                segment.definition, segment.definition_changed_at = changed, now
        _saved(segment)
        audit.record("segment.changed", actor=user, subject=("segment", segment_id), now=now)


def archive_segment(segment_id: int, *, now: datetime, user: User | None = None) -> None:
    """Put a segment away: no list shows it and no refresh touches it; what names it still finds it."""
    _set_archived(segment_id, now, "segment.archived", user, now)


def restore_segment(segment_id: int, *, now: datetime, user: User | None = None) -> None:
    """Take a segment back from the archive."""
    _set_archived(segment_id, None, "segment.restored", user, now)


def duplicate_segment(segment_id: int, *, now: datetime, user: User | None = None) -> int:
    """Copy a segment, a list with its members, under a free name. Gives the copy's number. Raises UnknownSegment."""
    with transaction.atomic():
        original = _locked(segment_id)
        copy = _saved(
            Segment(
                name=_free_name(original.name),
                description=original.description,
                kind=original.kind,
                definition=original.definition,
                definition_changed_at=now,
                created_by=user,
                created_at=now,
                updated_at=now,
            )
        )
        if copy.kind == SegmentKind.STATIC:
            membership.write(copy, queries.listed(segment_id), now=now)
        audit.record("segment.created", actor=user, subject=("segment", copy.pk), detail={"from": segment_id}, now=now)
    return copy.pk


def refresh_membership(segment_id: int, *, now: datetime) -> Refreshed:
    """Write who is in a segment now, and announce who came and who left. Raises UnknownSegment, NoSnapshot."""
    with transaction.atomic():
        segment = _locked(segment_id)
        version = str(warehouse.snapshot().version)
        return membership.write(segment, queries.members(segment_id, now=now), now=now, version=version)


def start_refresh(segment_id: int | None = None, *, user: User | None = None) -> Job | None:
    """Let the worker refresh one segment, or all of them unless that is under way already."""
    if segment_id is not None:
        return jobs.start("segments.refresh", user=user, lock="segments.refresh", segment_id=segment_id)
    waiting = Job.objects.filter(kind="segments.refresh", state__in=[JobState.QUEUED, JobState.RUNNING], arguments={})
    return None if waiting.exists() else jobs.start("segments.refresh", user=user, lock="segments.refresh")


def create_list(
    *, name: str, customer_ids: Iterable[int], now: datetime, description: str = "", user: User | None = None
) -> Refreshed:
    """Make a fixed list of these customers. Raises NameTaken."""
    with transaction.atomic():
        segment = _saved(
            Segment(
                name=name.strip(),
                description=description.strip(),
                kind=SegmentKind.STATIC,
                created_by=user,
                created_at=now,
                updated_at=now,
            )
        )
        audit.record("segment.created", actor=user, subject=("segment", segment.pk), now=now)
        return membership.write(segment, customer_ids, now=now)


def change_list(
    segment_id: int, *, customer_ids: Iterable[int], now: datetime, replace: bool = False, user: User | None = None
) -> Refreshed:
    """Put customers on a fixed list, in place of those on it when ``replace``. Raises UnknownSegment."""
    with transaction.atomic():
        segment = _locked(segment_id)
        if segment.kind != SegmentKind.STATIC:
            raise UnknownSegment(_("“%(name)s” is not a list.") % {"name": segment.name})
        kept = () if replace else queries.listed(segment_id).tolist()
        audit.record("segment.list_changed", actor=user, subject=("segment", segment_id), now=now)
        return membership.write(segment, {*kept, *customer_ids}, now=now)


def _checked(definition: Definition, *, segment_id: int | None) -> Group:
    node = definition if isinstance(definition, Group) else parse(definition)
    used = segments_used(node)
    known = {row.pk: row for row in Segment.objects.filter(kind=SegmentKind.DYNAMIC)} if used else {}
    if missing := used - set(Segment.objects.filter(pk__in=used).values_list("pk", flat=True)):
        raise UnknownSegment(_("There is no segment no. %(number)d.") % {"number": min(missing)})
    if segment_id is not None:
        circle = find_circle(
            segment_id, node, lambda number: parse(known[number].definition) if number in known else None
        )
        if circle:
            path = " → ".join(known[number].name if number in known else str(number) for number in circle)
            raise DefinitionError("", _("the segment would depend on itself: %(path)s") % {"path": path})
    return node


def _locked(segment_id: int) -> Segment:
    segment = Segment.objects.select_for_update().filter(pk=segment_id).first()
    if segment is None:
        raise UnknownSegment(_("There is no segment no. %(number)d.") % {"number": segment_id})
    return segment


def _saved(segment: Segment) -> Segment:
    if not segment.name:
        raise NameTaken(_("A segment needs a name."))
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError:
        raise NameTaken(_("There is a segment called “%(name)s” already.") % {"name": segment.name}) from None
    return segment


def _free_name(name: str) -> str:
    taken = set(Segment.objects.values_list("name", flat=True))
    number = 2
    while (candidate := _("%(name)s (%(number)d)") % {"name": name[:110], "number": number}) in taken:
        number += 1
    return candidate


def _set_archived(segment_id: int, value: datetime | None, action: str, user: User | None, now: datetime) -> None:
    with transaction.atomic():
        segment = _locked(segment_id)
        segment.archived_at, segment.updated_at = value, now
        segment.save(update_fields=["archived_at", "updated_at"])
        audit.record(action, actor=user, subject=("segment", segment_id), now=now)
