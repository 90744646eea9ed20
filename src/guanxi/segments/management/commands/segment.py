"""`guanxi segment …`: segments from the command line."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from guanxi.segments import queries, services
from guanxi.segments.definition import describe, parse
from guanxi.segments.errors import DefinitionError
from guanxi.segments.models import Segment
from guanxi.segments.queries import NoSnapshot, UnknownSegment
from guanxi.segments.types import Reason


class Command(BaseCommand):
    help = "List, count, explain and refresh segments. A SEGMENT is a name, a number, or a definition as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="all segments with their sizes")
        listing.add_argument("--archived", action="store_true", help="those put away too")
        count = actions.add_parser("count", help="how many customers are in it now")
        members = actions.add_parser("members", help="their numbers, one a line")
        explain = actions.add_parser("explain", help="why a customer is in or out")
        refresh = actions.add_parser("refresh", help="write who is in it now; without SEGMENT, for all")
        for action in (count, members, explain):
            action.add_argument("segment")
        refresh.add_argument("segment", nargs="?")
        explain.add_argument("customer", type=int, help="the customer's number")
        for action in (listing, count, members, explain, refresh):
            action.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer, text = getattr(self, f"_{options['action']}")(options)
        except (NoSnapshot, UnknownSegment, DefinitionError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(answer, ensure_ascii=False, default=str) if options["json"] else text)

    def _list(self, options: dict[str, Any]) -> tuple[Any, str]:
        rows = queries.summaries(archived=options["archived"])
        lines = [f"{row.id}\t{'–' if row.count is None else row.count}\t{row.kind}\t{row.name}" for row in rows]
        return [asdict(row) for row in rows], "\n".join(lines)

    def _count(self, options: dict[str, Any]) -> tuple[Any, str]:
        asked, now = _asked(options["segment"]), timezone.now()
        number = len(queries.members(asked, now=now)) if isinstance(asked, int) else queries.count(asked, now=now)
        return {"segment": options["segment"], "count": number}, str(number)

    def _members(self, options: dict[str, Any]) -> tuple[Any, str]:
        ids = queries.members(_asked(options["segment"]), now=timezone.now()).tolist()
        return {"segment": options["segment"], "customer_ids": ids}, "\n".join(map(str, ids))

    def _explain(self, options: dict[str, Any]) -> tuple[Any, str]:
        asked = _asked(options["segment"])
        told = queries.explain(asked, customer_id=options["customer"], now=timezone.now())
        head = queries.summary(asked).name if isinstance(asked, int) else _in_words(asked)
        lines = [f"{'in' if told.inside else 'out'}: {head}", *_indented(told.reason, 1)]
        return asdict(told), "\n".join(lines)

    def _refresh(self, options: dict[str, Any]) -> tuple[Any, str]:
        now = timezone.now()
        if options["segment"] is not None:
            asked = _asked(options["segment"])
            if not isinstance(asked, int):
                raise CommandError("only a saved segment can be refreshed")
            numbers = [asked]
        else:
            numbers = [row.id for row in queries.summaries() if row.kind == "dynamic"]
        done = [services.refresh_membership(number, now=now) for number in numbers]
        lines = [f"{one.segment_id}\t{one.count}\t+{one.entered}\t-{one.left}" for one in done]
        return [asdict(one) for one in done], "\n".join(lines)


def _asked(text: str) -> int | dict[str, Any]:
    """A segment's number, or a definition."""
    if text.lstrip().startswith("{"):
        try:
            return dict(json.loads(text))
        except json.JSONDecodeError as error:
            raise DefinitionError("", f"is not JSON: {error}") from None
    if text.isdecimal():
        return queries.summary(int(text)).id
    found = Segment.objects.filter(name=text).first()
    if found is None:
        raise UnknownSegment(f"There is no segment called “{text}”.")
    return found.pk


def _in_words(definition: dict[str, Any]) -> str:
    return describe(parse(definition), queries.names())


def _indented(reason: Reason, depth: int) -> list[str]:
    own = f" ({reason.own})" if reason.own else ""
    lines = [f"{'  ' * depth}{'✓' if reason.inside else '✗'} {reason.words}{own}"]
    return [*lines, *(line for part in reason.of for line in _indented(part, depth + 1))]
