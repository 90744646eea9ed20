"""Settings → Tags: every tag, how many customers have it, and which segment it follows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.core import audit
from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.core.web.tables import Column, Query
from guanxi.customers import queries as customers
from guanxi.customers import services
from guanxi.segments import queries as segments


@dataclass(frozen=True, slots=True)
class TagRow:
    id: int
    name: str
    customers: int
    segment_id: int | None
    """The segment it follows."""
    segment: str


class TagSource:
    """Rows for ``core.web.tables``; see its Source. There are some hundreds at most, so they are kept in memory."""

    def __init__(self) -> None:
        counts = customers.tag_counts()
        rules = {rule.tag_id: rule for rule in segments.rules()}
        self.rows = [
            TagRow(
                tag.id,
                tag.name,
                counts.get(tag.id, 0),
                rules[tag.id].segment_id if tag.id in rules else None,
                rules[tag.id].segment if tag.id in rules else "",
            )
            for tag in customers.tags()
        ]

    def matching(self, query: Query) -> list[TagRow]:
        rows = [row for row in self.rows if query.search.casefold() in row.name.casefold()]
        if "follows" in query.filters:
            rows = [row for row in rows if ("yes" if row.segment_id else "no") in query.filters["follows"]]
        key: Callable[[TagRow], Any] = lambda row: getattr(row, query.sort.lstrip("-") or "name")  # noqa: E731
        return sorted(rows, key=key, reverse=query.sort.startswith("-"))

    def page(self, query: Query, *, offset: int, limit: int) -> list[TagRow]:
        return self.matching(query)[offset : offset + limit]

    def count(self, query: Query, *, most: int) -> int:
        return min(most, len(self.matching(query)))

    def iterate(self, query: Query) -> Iterator[TagRow]:
        return iter(self.matching(query))

    def pick(self, ids: Sequence[str]) -> list[TagRow]:
        return [row for row in self.rows if str(row.id) in ids]


TABLE = tables.Table(
    name="tags",
    row_id="id",
    columns=[
        Column(
            key="name",
            label=gettext_lazy("Tag"),
            sort="name",
            link=lambda row: reverse("workspace:tag", args=[row.id]),
        ),
        Column(key="customers", label=gettext_lazy("Customers"), sort="customers", align="end"),
        Column(
            key="segment",
            label=gettext_lazy("Follows the segment"),
            sort="segment",
            link=lambda row: reverse("segments:page", args=[row.segment_id]) if row.segment_id else "",
        ),
    ],
    filters=[
        tables.ChoiceFilter(
            key="follows",
            label=gettext_lazy("Follows a segment"),
            choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        )
    ],
    search=True,
    search_label=gettext_lazy("Name"),
    empty=tables.Empty(
        title=gettext_lazy("No tags yet"),
        text=gettext_lazy(
            "Put one on a customer, on many from the list of customers, or on the members of a segment from its page."
        ),
        icon="tag",
        action_label=gettext_lazy("Customers"),
        action_url_name="customers:list",
        action_permission="customers.view",
    ),
)


@requires("customers.tags")
def tag_list(request: HttpRequest) -> HttpResponseBase:
    return tables.respond(request, TABLE, TagSource(), template="workspace/tags.html")


@requires("customers.tags")
def tag(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Rename a tag; the page also leads to merging, deleting and following."""
    row = _row(tag_id)
    if request.method == "POST":
        name = request.POST.get("name", "")
        try:
            with transaction.atomic():
                services.rename_tag(tag_id, name)
                _record(request, "tag.renamed", tag=tag_id)
        except services.TagTaken:
            messages.error(request, _("Another tag has this name; merge the two instead."))
        else:
            messages.success(request, _("Saved. Segments that ask for the tag ask for its new name."))
        return redirect("workspace:tag", tag_id)
    context = {
        "row": row,
        "others": [one for one in customers.tags() if one.id != tag_id],
        "rule": next((rule for rule in segments.rules() if rule.tag_id == tag_id), None),
        "segments": segments.summaries(),
    }
    return render(request, "workspace/tag.html", context)


@requires("customers.tags")
@require_POST
def merge(request: HttpRequest, tag_id: int) -> HttpResponse:
    into = request.POST.get("into", "")
    number = int(into) if into.isdecimal() and len(into) < 19 else 0
    if _follows(request, tag_id):
        return redirect("workspace:tag", tag_id)
    try:
        with transaction.atomic():
            services.merge_tags(tag_id, into=number, now=timezone.now())
            _record(request, "tag.merged", tag=tag_id, into=number)
    except ObjectDoesNotExist:
        messages.error(request, _("Choose another tag."))
        return redirect("workspace:tag", tag_id)
    messages.success(request, _("Merged. Segments that asked for the one ask for the other."))
    return redirect("workspace:tag", number)


@requires("customers.tags")
@require_POST
def delete(request: HttpRequest, tag_id: int) -> HttpResponse:
    if _follows(request, tag_id):
        return redirect("workspace:tag", tag_id)
    with transaction.atomic():
        services.delete_tag(tag_id, now=timezone.now())
        _record(request, "tag.deleted", tag=tag_id)
    messages.success(request, _("Deleted."))
    return redirect("workspace:tags")


def _row(tag_id: int) -> TagRow:
    for row in TagSource().rows:
        if row.id == tag_id:
            return row
    raise Http404


def _follows(request: HttpRequest, tag_id: int) -> bool:
    """Whether the tag follows a segment, which has to end first."""
    row = _row(tag_id)
    if row.segment_id:
        messages.error(request, _("It follows the segment %(segment)s; end that first.") % {"segment": row.segment})
    return bool(row.segment_id)


def _record(request: HttpRequest, action: str, **detail: object) -> None:
    audit.record(action, actor=actor(request), detail=detail, request=request, now=timezone.now())
