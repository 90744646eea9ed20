"""The page of one batch of people: who came, whom one has talked to since, and what came of it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.core import money, preferences
from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.core.web.tables import Column
from guanxi.customers.people import queries as people
from guanxi.customers.people.queries import BatchCard
from guanxi.segments import queries as segments
from guanxi.segments import services as segment_services
from guanxi.workspace.batches import BatchRow, BatchSource

STATES = (
    ("new", gettext_lazy("New")),
    ("known", gettext_lazy("Known before")),
    ("consented", gettext_lazy("Agree to marketing")),
    ("written", gettext_lazy("Written to")),
    ("answered", gettext_lazy("Answered")),
    ("visited", gettext_lazy("Came to the website")),
    ("ordered", gettext_lazy("Ordered")),
    ("untouched", gettext_lazy("Nothing yet")),
)


def _name(row: BatchRow) -> str:
    return row.card.name or _("Customer %(number)s") % {"number": row.id}


def _revenue(row: BatchRow) -> str:
    return money.display(row.spend.amount, row.currency, locale=to_locale(get_language() or "en"))


def _yes(value: bool) -> str:
    return _("Yes") if value else ""


TABLE = tables.Table(
    name="batch_people",
    row_id="id",
    columns=[
        Column(
            key="name",
            label=gettext_lazy("Customer"),
            cell=_name,
            link=lambda row: reverse("customers:page", args=[row.id]),
            csv="card.name",
        ),
        Column(key="company", label=gettext_lazy("Company"), cell=lambda row: row.employer and row.employer.company),
        Column(key="title", label=gettext_lazy("Job title"), cell=lambda row: row.employer and row.employer.title),
        Column(key="phone", label=gettext_lazy("Phone"), cell="card.phone"),
        Column(key="email", label=gettext_lazy("E-mail"), cell="card.email", shown=False),
        Column(key="new", label=gettext_lazy("New"), cell=lambda row: _yes(row.new), shown=False),
        Column(key="consented", label=gettext_lazy("Agrees"), cell=lambda row: _yes(row.consented)),
        Column(key="sent", label=gettext_lazy("Messages"), cell="reaction.sent", sort="sent", align="end"),
        Column(key="answered", label=gettext_lazy("Answered"), cell=lambda row: _yes(row.reaction.clicked > 0)),
        Column(key="visited", label=gettext_lazy("Visited"), cell=lambda row: _yes(row.visited)),
        Column(key="orders", label=gettext_lazy("Orders"), cell="spend.orders", sort="orders", align="end"),
        Column(
            key="revenue",
            label=gettext_lazy("Revenue"),
            cell=_revenue,
            csv="spend.amount",
            sort="revenue",
            align="end",
        ),
    ],
    filters=[tables.ChoiceFilter(key="state", label=gettext_lazy("Only those"), choices=STATES)],
    search=True,
    search_label=gettext_lazy("Phone, e-mail, last four digits, or name"),
    search_is_private=True,
    export_permission="customers.export",
)


def _card(batch_id: int) -> BatchCard:
    found = people.card(batch_id)
    if found is None:
        raise Http404(_("There is no such batch."))
    return found


@requires("customers.view")
def batch_page(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    batch = _card(batch_id)
    source = BatchSource(batch, now=timezone.now())
    context = {
        "batch": batch,
        "counts": people.counts(batch_id),
        "outcome": source.outcome(),
        "currency": preferences.currency(),
        "files": people.files_of(batch_id),
    }
    return tables.respond(request, TABLE, source, template="workspace/batch.html", context=context)


@requires("segments.edit")
@require_POST
def make_segment(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """A segment of everyone in the batch, made once; ``then=campaign`` goes on to a campaign for it."""
    batch = _card(batch_id)
    definition = {"condition": "came_with", "batches": [batch_id]}
    found = next((one.id for one in segments.summaries(archived=True) if one.name == batch.name), None)
    if found is None:
        now, user = timezone.now(), actor(request)
        found = segment_services.create_segment(name=batch.name, definition=definition, now=now, user=user)
        segment_services.start_refresh(found, user=user)
        messages.success(request, _("The segment is made; its members are being counted."))
    if request.POST.get("then") == "campaign" and actor(request).may("marketing.edit"):
        return redirect(f"{reverse('marketing:new')}?segment={found}")
    return redirect("segments:page", found)
