"""Potential customers: who came, from where, what they want, and how hot they are (voice M4)."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guanxi.core import staff
from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.core.web.tables import Column, Selection
from guanxi.customers import services
from guanxi.visits import queries
from guanxi.visits.models import Site
from guanxi.visits.prospects import Prospect, ProspectSource
from guanxi.visits.scoring import HEAT_HALF_LIFE, HOT, INTEREST_HALF_LIFE, POINTS, WARM
from guanxi.visits.types import Kind
from guanxi.visits.web.words import CONSENTS, LEVELS, source_name
from guanxi.warehouse import queries as warehouse

LONGEST_TAG = 60
CHOICES = 40
DAYS = 90


def page_of(row: Prospect) -> str:
    return reverse("customers:page", args=[row.id])


def _name(row: Prospect) -> str:
    return row.card.name or _("Customer %(number)s") % {"number": row.id}


def _tag(request: HttpRequest, selection: Selection) -> str:
    name = request.POST.get("tag", "").strip()[:LONGEST_TAG]
    if not name:
        return _("Write the tag's name first; nothing was changed.")
    count = services.tag(_chosen(selection), [name], now=timezone.now())
    return ngettext("Tagged %(count)s customer with %(tag)s.", "Tagged %(count)s customers with %(tag)s.", count) % {
        "count": count,
        "tag": name,
    }


def _chosen(selection: Selection) -> list[int]:
    assert isinstance(selection.source, ProspectSource)
    everybody = selection.ids is None
    return selection.source.ids(selection.query) if everybody else [row.id for row in selection.rows()]


def _assign(request: HttpRequest, selection: Selection) -> str:
    try:
        owner_id = services.owner_from(request.POST.get("owner", ""))
        count = services.assign(_chosen(selection), owner_id=owner_id, user=actor(request), now=timezone.now())
    except services.UnknownOwner as error:
        return str(error)
    return ngettext("%(count)s customer changed hands.", "%(count)s customers changed hands.", count) % {"count": count}


def _sources() -> Iterable[tuple[str, str]]:
    rows = queries.sources(now=timezone.now(), days=DAYS, limit=CHOICES)
    return [(row.source or "-", source_name(row.source)) for row in rows]


def _products() -> Iterable[tuple[str, str]]:
    return [(one.key, one.label) for one in queries.wanted("product", now=timezone.now(), limit=CHOICES)]


def _categories() -> Iterable[tuple[str, str]]:
    return [(one.key, one.label) for one in queries.wanted("category", now=timezone.now(), limit=CHOICES)]


TABLE = tables.Table(
    name="potential",
    row_id="id",
    columns=[
        Column(key="name", label=gettext_lazy("Customer"), cell=_name, link=page_of, csv="card.name"),
        Column(
            key="heat",
            label=gettext_lazy("How hot"),
            sort="site_heat",
            template="visits/cells/heat.html",
            csv=lambda row: round(row.points, 1),
        ),
        Column(key="wants", label=gettext_lazy("Wants"), cell=lambda row: ", ".join(row.wants)),
        Column(key="source", label=gettext_lazy("Came from"), cell=lambda row: source_name(row.source)),
        Column(key="visits", label=gettext_lazy("Visits"), align="end", sort="site_visits"),
        Column(key="carts", label=gettext_lazy("Put in the cart"), align="end", sort="site_carts", shown=False),
        Column(key="last_visit_at", label=gettext_lazy("Last visit"), sort="last_visit_at"),
        Column(key="orders", label=gettext_lazy("Orders"), align="end", sort="orders"),
        Column(
            key="consent",
            label=gettext_lazy("E-mail consent"),
            cell=lambda row: str(CONSENTS.get(row.consent, "")),
        ),
        Column(key="owner", label=gettext_lazy("Owner")),
        Column(key="phone", label=gettext_lazy("Phone"), cell="card.phone", shown=False),
        Column(key="tags", label=gettext_lazy("Tags"), cell=lambda row: ", ".join(row.card.tags), shown=False),
    ],
    filters=[
        tables.ChoiceFilter(key="level", label=gettext_lazy("How hot"), choices=list(LEVELS.items())),
        tables.ChoiceFilter(
            key="bought",
            label=gettext_lazy("Has bought"),
            choices=[("no", gettext_lazy("Not yet")), ("yes", gettext_lazy("Yes"))],
        ),
        tables.ChoiceFilter(key="source", label=gettext_lazy("First came from"), choices=_sources),
        tables.ChoiceFilter(key="product", label=gettext_lazy("Wants the product"), choices=_products),
        tables.ChoiceFilter(key="category", label=gettext_lazy("Wants the category"), choices=_categories),
        tables.ChoiceFilter(
            key="consent_email_marketing", label=gettext_lazy("E-mail consent"), choices=list(CONSENTS.items())
        ),
        tables.DateFilter(key="last_visit_at", label=gettext_lazy("Last visit")),
    ],
    default_sort="-heat",
    actions=[
        tables.BulkAction(
            key="tag",
            label=gettext_lazy("Tag"),
            run=_tag,
            icon="tag",
            permission="customers.edit",
            confirm=gettext_lazy("Which tag should they get?"),
            inputs="visits/tag_input.html",
        ),
        tables.BulkAction(
            key="assign",
            label=gettext_lazy("Assign"),
            run=_assign,
            icon="user-share",
            permission="customers.assign",
            confirm=gettext_lazy("Who is to look after them?"),
            inputs="customers/owner_input.html",
        ),
    ],
    export_permission="customers.export",
    empty=tables.Empty(
        title=gettext_lazy("Nobody has said who they are yet"),
        text=gettext_lazy(
            "Visitors stay anonymous until they leave an e-mail address or a telephone number in a form, or order. "
            "Then they show here, with everything they looked at before."
        ),
        icon="flame",
        action_label=gettext_lazy("Website visitors"),
        action_url_name="visits:visitors",
        action_permission="visits.view",
    ),
)


def definition() -> dict[str, object]:
    """The numbers that the page's definition of "how hot" names."""
    return {
        "points": {kind.value: POINTS[kind] for kind in Kind},
        "half_life": round(HEAT_HALF_LIFE),
        "interest_half_life": round(INTEREST_HALF_LIFE),
        "hot": round(HOT),
        "warm": round(WARM),
    }


@requires("customers.view")
def potential(request: HttpRequest) -> HttpResponseBase:
    if not Site.objects.exists():
        return render(request, "visits/not_installed.html", {"heading": _("Potential customers")})
    try:
        source = ProspectSource(now=timezone.now())
    except (warehouse.NoSnapshot, KeyError):  # a snapshot from before there were visits
        return render(request, "visits/wait.html", {"heading": _("Potential customers")})
    context = {"refreshed_at": warehouse.snapshot().refreshed_at, "colleagues": staff.colleagues, **definition()}
    return tables.respond(request, TABLE, source, template="visits/potential.html", context=context)
