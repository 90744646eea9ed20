"""Pairs that may be one customer: a list to answer one by one, or many at once above a certainty."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from guanxi.core import jobs
from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.core.web.tables import Column, Query, Selection
from guanxi.customers import queries, services
from guanxi.customers.merging import suggestions
from guanxi.customers.models import Suggestion
from guanxi.customers.services import CannotMerge, Pair
from guanxi.customers.types import CustomerCard, MergeKind

AT_ONCE = 10_000
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Candidates:
    """One suggestion with both customers as they are now, masked."""

    id: int
    first: CustomerCard
    second: CustomerCard
    why: str
    certainty: float | None
    sure: bool
    found_at: object


class SuggestionSource:
    """Rows for ``core.web.tables``; see its Source."""

    def __init__(self, rows: QuerySet[Suggestion]) -> None:
        self.rows = rows

    def matching(self, query: Query) -> QuerySet[Suggestion]:
        rows = self.rows
        low, high = query.filters.get("certainty", (None, None))
        if low is not None:
            rows = rows.filter(certainty__gte=float(low) / 100)
        if high is not None:
            rows = rows.filter(certainty__lte=float(high) / 100)
        return rows.order_by(query.sort, "-pk") if query.sort else rows

    def page(self, query: Query, *, offset: int, limit: int) -> list[Candidates]:
        return _with_cards(list(self.matching(query)[offset : offset + limit]))

    def count(self, query: Query, *, most: int) -> int:
        return self.matching(query).order_by()[:most].count()

    def iterate(self, query: Query) -> Iterator[Candidates]:
        rows = list(self.matching(query))
        for begin in range(0, len(rows), CHUNK):
            yield from _with_cards(rows[begin : begin + CHUNK])

    def pick(self, ids: Sequence[str]) -> list[Candidates]:
        numbers = [int(one) for one in ids if one.isdigit() and len(one) < 19]
        return _with_cards(list(self.rows.filter(pk__in=numbers)))


def _with_cards(rows: Sequence[Suggestion]) -> list[Candidates]:
    numbers = {end for row in rows for end in (row.low_id, row.high_id)}
    now = queries.current(numbers)
    cards = {card.id: card for card in queries.profiles([*{now.get(one, one) for one in numbers}]) if not card.erased}
    found = []
    for row in rows:
        first, second = (cards.get(now.get(end, end)) for end in (row.low_id, row.high_id))
        if first and second and first.id != second.id:
            why = " · ".join(suggestions.words(row.reasons))
            found.append(Candidates(row.pk, first, second, why, row.certainty, row.sure, row.found_at))
    return found


def _review(row: Candidates) -> str:
    return reverse("merging:review", args=[row.first.id, row.second.id])


def _named(card: CustomerCard) -> str:
    parts = (card.name or _("Customer %(number)s") % {"number": card.id}, card.phone or card.email, card.city)
    return " · ".join(part for part in parts if part)


def _certainty(row: Candidates) -> str:
    if row.certainty is None:
        return "–"
    return _("%(certainty)s, sure") % {"certainty": f"{row.certainty:.1%}"} if row.sure else f"{row.certainty:.1%}"


def _accept(request: HttpRequest, selection: Selection) -> str:
    """Merge each pair, the older customer staying. One transaction: all or none.

    Of all that match, only sure ones: a probability does not know of twins, households and common names.
    """
    everything = selection.ids is None
    rows = list(islice((row for row in selection.rows() if row.sure or not everything), AT_ONCE))
    reasons = dict(Suggestion.objects.filter(pk__in=[row.id for row in rows]).values_list("pk", "reasons"))
    pairs = [
        Pair(
            min(row.first.id, row.second.id),
            max(row.first.id, row.second.id),
            reasons=reasons[row.id],
            certainty=row.certainty,
        )
        for row in rows
    ]
    if not pairs:
        if everything:
            return _("None of these is sure enough to be merged without a look at it. Decide them one by one.")
        return _("Nothing to merge: these were settled meanwhile.")
    try:
        done = services.merge(pairs, kind=MergeKind.SUGGESTED, user=actor(request), now=timezone.now(), request=request)
    except CannotMerge as error:
        return str(error)
    return ngettext("Merged %(count)s pair.", "Merged %(count)s pairs.", len(done)) % {"count": len(done)}


def _dismiss(request: HttpRequest, selection: Selection) -> str:
    count = suggestions.dismiss(list(map(int, selection.keys())), user=actor(request), now=timezone.now())
    return ngettext("%(count)s pair is not suggested again.", "%(count)s pairs are not suggested again.", count) % {
        "count": count
    }


TABLE = tables.Table(
    name="duplicates",
    row_id="id",
    columns=[
        Column(key="first", label=gettext_lazy("Customer"), cell=lambda row: _named(row.first), link=_review),
        Column(key="second", label=gettext_lazy("May be the same as"), cell=lambda row: _named(row.second)),
        Column(key="why", label=gettext_lazy("Why")),
        Column(
            key="certainty",
            label=gettext_lazy("Certainty"),
            align="end",
            sort="certainty",
            cell=_certainty,
            csv="certainty",
        ),
        Column(key="found_at", label=gettext_lazy("Found"), sort="found_at"),
    ],
    filters=[tables.NumberFilter(key="certainty", label=gettext_lazy("Certainty in percent"))],
    actions=[
        tables.BulkAction(
            key="accept",
            label=gettext_lazy("Merge"),
            run=_accept,
            icon="arrows-join",
            permission="customers.merge",
            confirm=gettext_lazy(
                "Merge each of these pairs? The older customer stays. Of all pairs only the sure ones are merged. It"
                " can be undone one by one."
            ),
        ),
        tables.BulkAction(
            key="dismiss",
            label=gettext_lazy("Not the same"),
            run=_dismiss,
            icon="x",
            permission="customers.merge",
            confirm=gettext_lazy("They are not suggested again. Are these different people?"),
        ),
    ],
    export_permission="customers.export",
    empty=tables.Empty(
        title=gettext_lazy("No pairs to decide"),
        text=gettext_lazy(
            "When an order comes with identifiers of two customers, or two records look like one person, the pair waits"
            " here."
        ),
        icon="users",
    ),
)


@requires("customers.merge")
def duplicates(request: HttpRequest) -> HttpResponseBase:
    """Pairs that wait for an answer."""
    source = SuggestionSource(suggestions.waiting())
    return tables.respond(request, TABLE, source, template="customers/duplicates.html")


@requires("customers.merge")
@require_POST
def look(request: HttpRequest) -> HttpResponseBase:
    """Let the worker compare all customers."""
    jobs.start("customers.duplicates", user=actor(request), lock="customers.duplicates")
    messages.success(request, _("Customers are being compared; see Jobs for how far it is."))
    return redirect("merging:duplicates")


@requires("customers.merge")
def following(request: HttpRequest) -> HttpResponseBase:
    """The next pair to decide; with POST, after saying that one is not the same."""
    if request.method == "POST":
        number = request.POST.get("dismiss", "")
        if number.isdigit() and len(number) < 19:
            suggestions.dismiss([int(number)], user=actor(request), now=timezone.now())
    for candidates in _with_cards(list(suggestions.waiting()[:CHUNK])):
        return redirect(_review(candidates))
    messages.success(request, _("No pairs are left to decide."))
    return redirect("merging:duplicates")
