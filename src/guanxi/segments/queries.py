"""Reading segments: how many, who, how they divide, and why. Definitions are JSON or parsed; ``now`` is an argument.

Whatever reads customers reads the warehouse, and raises NoSnapshot while it is empty and DefinitionError when a
definition cannot be read.
"""

from collections import Counter
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from guanxi.core import preferences, staff
from guanxi.customers import queries as customers
from guanxi.customers.fields import queries as fields
from guanxi.customers.people import queries as people
from guanxi.segments import compiler
from guanxi.segments.conditions.base import Context, FixedList, Table
from guanxi.segments.conditions.names import Names
from guanxi.segments.definition import Group, Node, parse
from guanxi.segments.models import Membership, Segment, SegmentKind
from guanxi.segments.tag_rules import RuleCard, rules
from guanxi.segments.types import Breakdown, Explanation, SegmentSummary, Share, Stay
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse import rfm
from guanxi.warehouse.queries import NoSnapshot, Snapshot

__all__ = [
    "NoSnapshot",
    "RuleCard",
    "UnknownSegment",
    "breakdown",
    "count",
    "explain",
    "members",
    "rows",
    "rules",
    "sample",
    "summaries",
    "summary",
]

Definition = Group | dict[str, Any] | str
Ids = Any
"""numpy array of int64 customer ids, ascending."""

SPEND_TIERS = (5, 4, 3, 2, 1)


class UnknownSegment(LookupError):
    """No segment has that number."""


def count(definition: Definition, *, now: datetime) -> int:
    """How many customers meet the definition."""
    snapshot = warehouse.snapshot()
    return int(snapshot.scalar(_members(definition, snapshot, now).count()))


def members(definition: Definition | int, *, now: datetime) -> Ids:
    """Ids of the customers who meet a definition, or are in the segment of that number. Raises UnknownSegment."""
    if isinstance(definition, int):
        segment = _segment(definition)
        if segment.kind == SegmentKind.STATIC:
            return listed(definition)
        definition = parse(segment.definition)
    snapshot = warehouse.snapshot()
    found = _members(definition, snapshot, now).select("customer_id")
    return np.sort(snapshot.execute(found).column(0).to_numpy())


def listed(segment_id: int) -> Ids:
    """Ids of the current members as they were written at the last refresh or import."""
    rows = Membership.objects.filter(segment_id=segment_id, left_at=None).order_by("customer_id")
    return np.fromiter(rows.values_list("customer_id", flat=True).iterator(chunk_size=50_000), dtype=np.int64)


def sample(definition: Definition, *, now: datetime, limit: int = 20) -> list[int]:
    """Some members, always the same ones while the segment stays the same, spread over its whole length."""
    snapshot = warehouse.snapshot()
    found = _members(definition, snapshot, now)
    shuffled = found.select("customer_id", place=(found.customer_id * 2_654_435_761) % 1_000_003)
    picked = snapshot.execute(shuffled.order_by("place", "customer_id").limit(limit))
    return picked.column("customer_id").to_pylist()


def rows(definition: Definition, *, snapshot: Snapshot, now: datetime) -> Table:
    """The members' facts as an expression over a snapshot, for what other rooms ask of them. Raises UnknownSegment."""
    return _members(definition, snapshot, now)


def breakdown(definition: Definition, *, now: datetime) -> Breakdown:
    """Size of the segment and its parts by shop, spend and region, in one pass over the facts."""
    import ibis

    snapshot = warehouse.snapshot()
    found = _members(definition, snapshot, now)
    spend = rfm.scores(found, snapshot.tables[rfm.TABLE]).monetary
    parts = found.group_by(shop=found.first_shop_id, region=found.region, spend=spend).aggregate(n=ibis._.count())
    shops, regions, tiers = Counter[Any](), Counter[Any](), Counter[Any]()
    for row in snapshot.execute(parts).to_pylist():
        shops[row["shop"]] += row["n"]
        regions[row["region"] or ""] += row["n"]
        tiers[row["spend"]] += row["n"]
    known = names()
    return Breakdown(
        total=shops.total(),
        shops=[Share(_("No shop") if s is None else known.label("shop", s), n) for s, n in shops.most_common()],
        spend=[Share(spend_label(tier), tiers[tier]) for tier in (*SPEND_TIERS, None) if tiers[tier]],
        regions=[Share(region or _("Unknown"), n) for region, n in regions.most_common()],
    )


def spend_label(tier: int | None) -> str:
    """Name of a fifth of the buyers by money spent."""
    if tier is None:
        return _("No order yet")
    fifths = (_("Lowest fifth"), _("Fourth fifth"), _("Middle fifth"), _("Second fifth"), _("Highest fifth"))
    return fifths[tier - 1]


def explain(definition: Definition | int, *, customer_id: int, now: datetime) -> Explanation:
    """Why a customer is in or out, condition by condition, each with the customer's own value."""
    from guanxi.segments import explanation

    if isinstance(definition, int):
        segment = _segment(definition)
        if segment.kind == SegmentKind.STATIC:
            return explanation.of_list(segment_id=definition, customer_id=customer_id)
        definition = parse(segment.definition)
    snapshot = warehouse.snapshot()
    return explanation.of(_node(definition), customer_id=customer_id, snapshot=snapshot, context=context(snapshot, now))


def suggestions(source: str, text: str, *, limit: int = 30) -> list[str]:
    """Values of the warehouse that contain ``text``, the most frequent first; for typing them."""
    import ibis

    if source == "division":
        return customers.divisions_named(text, limit=limit)
    places = {
        "region": ("customer_facts", "region"),
        "country": ("customer_facts", "country"),
        "city": ("customer_facts", "city"),
        "source": ("customer_facts", "source"),
        "tag": ("customer_tags", "tag"),
        "category": ("products", "category"),
        "product": ("products", "title"),
    }
    table_name, column = places[source]
    snapshot = warehouse.snapshot()
    table = snapshot.tables[table_name]
    rows = table.filter(table[column].notnull(), table[column] != "")
    if text.strip():
        rows = rows.filter(rows[column].lower().contains(text.strip().lower()))
    found = rows.group_by(value=rows[column]).aggregate(n=ibis._.count())
    return snapshot.execute(found.order_by(ibis.desc("n"), "value").limit(limit)).column("value").to_pylist()


def names() -> Names:
    """Names of what definitions keep by number, and the merchant's currency."""
    tiers: dict[int, str] = {}
    try:
        snapshot = warehouse.snapshot()
        tiers = _tiers(snapshot)
        shops = snapshot.execute(snapshot.tables["shops"].select("shop_id", "name").order_by("name")).to_pylist()
    except NoSnapshot:
        shops = []
    segments = Segment.objects.filter(archived_at=None).order_by("name").values_list("pk", "name")
    return Names(
        shops={row["shop_id"]: row["name"] for row in shops},
        segments=dict(segments),
        tiers=tiers,
        batches=people.names(),
        owners={0: _("Nobody"), **dict(staff.colleagues())},
        fields={one.id: one for one in fields.definitions(archived=True)},
        currency=preferences.currency(),
    )


def _tiers(snapshot: Snapshot) -> dict[int, str]:
    """Tiers in use, lowest first; with the name of their programme where there are several."""
    tiers, programmes = snapshot.tables["tiers"], snapshot.tables["tier_programmes"]
    used = tiers.filter(tiers.in_use).join(programmes.select("programme_id", programme="name"), "programme_id")
    rows = snapshot.execute(used.order_by("programme_id", "rank")).to_pylist()
    several = len({row["programme_id"] for row in rows}) > 1
    return {row["tier_id"]: f"{row['programme']}: {row['name']}" if several else row["name"] for row in rows}


def summaries(*, archived: bool = False) -> list[SegmentSummary]:
    """Segments by name; those put away only when asked for."""
    rows = Segment.objects.order_by("name")
    return [_summary(row) for row in (rows if archived else rows.filter(archived_at=None))]


def summary(segment_id: int) -> SegmentSummary:
    """One segment. Raises UnknownSegment."""
    return _summary(_segment(segment_id))


def stays(*, customer_id: int) -> list[Stay]:
    """The segments a customer is or was in, newest first."""
    rows = Membership.objects.filter(customer_id=customer_id).order_by("-entered_at", "-pk")
    return [Stay(*row) for row in rows.values_list("segment_id", "segment__name", "entered_at", "left_at")]


def context(snapshot: Snapshot, now: datetime) -> Context:
    """What conditions look at, over one snapshot."""
    known: dict[int, Node | FixedList] = {}
    return Context(tables=snapshot.tables, now=now, zone=preferences.time_zone(), segment=partial(_source, known))


def _members(definition: Definition, snapshot: Snapshot, now: datetime) -> Table:
    return compiler.members(_node(definition), context(snapshot, now))


def _node(definition: Definition) -> Group:
    return definition if isinstance(definition, Group) else parse(definition)


def _source(known: dict[int, Node | FixedList], segment_id: int) -> Node | FixedList:
    if segment_id not in known:
        segment = _segment(segment_id)
        static = segment.kind == SegmentKind.STATIC
        known[segment_id] = FixedList(segment_id) if static else parse(segment.definition)
    return known[segment_id]


def _segment(segment_id: int) -> Segment:
    try:
        return Segment.objects.get(pk=segment_id)
    except Segment.DoesNotExist:
        raise UnknownSegment(_("There is no segment no. %(number)d.") % {"number": segment_id}) from None


def _summary(row: Segment) -> SegmentSummary:
    return SegmentSummary(
        row.pk, row.name, row.description, row.kind, row.count, row.counted_at, row.archived_at is not None
    )
