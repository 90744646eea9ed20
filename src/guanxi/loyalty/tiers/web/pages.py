"""The ladders, who holds what, and who moved."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.commerce import queries as commerce
from guanxi.core import preferences
from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.customers import queries as customers
from guanxi.loyalty.models.tiers import Reason, TierChange, TierMember, TierProgramme
from guanxi.loyalty.tiers import queries, services, words


@requires("loyalty.tiers")
def tiers(request: HttpRequest) -> HttpResponse:
    """Every programme as a ladder, the highest tier on top, with how many hold each."""
    shops = {shop.id: shop.name for shop in commerce.shops()}
    currency = preferences.currency()
    ladders = [_ladder(programme, currency, shops) for programme in queries.programmes()]
    return render(request, "loyalty/tiers/list.html", {"ladders": ladders})


def _ladder(programme: TierProgramme, currency: str, shops: dict[int, str]) -> dict[str, Any]:
    held = queries.counts(programme.pk)
    everyone = sum(held.values())
    return {
        "programme": programme,
        "shop": shops.get(programme.shop_id, "") if programme.shop_id else "",
        "window": words.window(programme),
        "downgrade": words.downgrade(programme),
        "members": everyone,
        "tiers": [
            {
                "tier": tier,
                "asks": words.asks(tier, currency),
                "benefits": words.benefits(tier),
                "count": held.get(tier.pk, 0),
                "share": 100 * held.get(tier.pk, 0) / everyone if everyone else 0,
            }
            for tier in reversed(queries.ladder(programme.pk))
        ],
    }


class People(tables.QuerySetSource):
    """Rows whose page knows the customers' cards."""

    def page(self, query: tables.Query, *, offset: int, limit: int) -> list[Any]:
        rows = super().page(query, offset=offset, limit=limit)
        cards = {card.id: card for card in customers.profiles([row.customer_id for row in rows])}
        for row in rows:
            row.card = cards.get(row.customer_id)
        return rows

    def iterate(self, query: tables.Query) -> Iterator[Any]:
        return self.ordered(query).iterator(chunk_size=10_000)


def _page_of(row: TierMember | TierChange) -> str:
    return reverse("customers:page", args=[row.customer_id])


def _of_number(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    text = text.strip()
    return rows.filter(customer_id=int(text)) if text.isdecimal() and len(text) < 19 else rows.none()


def _in_tier(rows: QuerySet[TierMember], value: list[str]) -> QuerySet[TierMember]:
    return rows.filter(tier_id__in=[int(one) for one in value if one.isdecimal()])


def _reason(row: TierChange) -> str:
    return words.reason(row, preferences.currency())


NUMBER = tables.Column(key="customer_id", label=gettext_lazy("Customer no."), sort="customer_id", link=_page_of)
NAME = tables.Column(key="name", label=gettext_lazy("Name"), cell="card.name", exported=False)


def _members_table(programme_id: int) -> tables.Table:
    choices = [(str(tier.pk), tier.name) for tier in queries.ladder(programme_id)]
    return tables.Table(
        name="tier-members",
        columns=[
            NUMBER,
            NAME,
            tables.Column(key="tier", label=gettext_lazy("Tier"), cell="tier.name", sort="tier__rank"),
            tables.Column(key="earned", label=gettext_lazy("By orders"), cell="earned_tier.name", shown=False),
            tables.Column(key="since", label=gettext_lazy("Since"), sort="since"),
            tables.Column(key="loses_on", label=gettext_lazy("Lost on"), sort="loses_on"),
        ],
        filters=[
            tables.ChoiceFilter(key="tier", label=gettext_lazy("Tier"), choices=choices, apply=_in_tier),
            tables.DateFilter(key="since", label=gettext_lazy("Since"), field="since"),
        ],
        search=_of_number,
        search_label=gettext_lazy("Customer no."),
        default_sort="-since",
        export_permission="loyalty.tiers_export",
        empty=tables.Empty(
            title=gettext_lazy("Nobody holds a tier yet"),
            text=gettext_lazy("Customers get one when their orders meet its conditions."),
            icon="users",
        ),
    )


HISTORY = tables.Table(
    name="tier-history",
    columns=[
        tables.Column(key="at", label=gettext_lazy("When"), sort="at"),
        NUMBER,
        NAME,
        tables.Column(key="from", label=gettext_lazy("From"), cell="from_tier.name"),
        tables.Column(key="to", label=gettext_lazy("To"), cell="to_tier.name"),
        tables.Column(key="reason", label=gettext_lazy("Why"), cell=_reason),
    ],
    filters=[
        tables.ChoiceFilter(key="reason", label=gettext_lazy("Why"), choices=Reason.choices),
        tables.DateFilter(key="at", label=gettext_lazy("When"), field="at"),
    ],
    search=_of_number,
    search_label=gettext_lazy("Customer no."),
    default_sort="-at",
    export_permission="loyalty.tiers_export",
    empty=tables.Empty(title=gettext_lazy("Nobody has moved yet"), icon="history"),
)


@requires("loyalty.tiers")
def members(request: HttpRequest, programme_id: int) -> HttpResponseBase:
    """Who holds a tier; ``?tier=`` shows one."""
    programme = get_object_or_404(TierProgramme, pk=programme_id)
    table = _members_table(programme_id)
    rows = TierMember.objects.filter(programme=programme, spare=False, tier__isnull=False)
    source = People(rows.select_related("tier", "earned_tier"), filters=table.filters, search=_of_number)
    return tables.respond(
        request, table, source, template="loyalty/tiers/members.html", context={"programme": programme}
    )


@requires("loyalty.tiers")
def history(request: HttpRequest, programme_id: int) -> HttpResponseBase:
    """Who moved from where to where, and why."""
    programme = get_object_or_404(TierProgramme, pk=programme_id)
    rows = TierChange.objects.filter(programme=programme).select_related("from_tier", "to_tier")
    source = People(rows, filters=HISTORY.filters, search=_of_number)
    return tables.respond(
        request, HISTORY, source, template="loyalty/tiers/history.html", context={"programme": programme}
    )


@requires("loyalty.tiers_edit")
@require_POST
def evaluate(request: HttpRequest, programme_id: int) -> HttpResponse:
    """What the night does, now."""
    get_object_or_404(TierProgramme, pk=programme_id, closed_at=None)
    result = services.evaluate(programme_id, now=timezone.now())
    said = {"raised": result.raised, "lowered": result.lowered}
    messages.success(request, _("Evaluated: %(raised)d customers rose, %(lowered)d went down.") % said)
    return redirect("loyalty:tiers")


@requires("loyalty.tiers_edit")
@require_POST
def close(request: HttpRequest, programme_id: int) -> HttpResponse:
    """End a programme."""
    get_object_or_404(TierProgramme, pk=programme_id, closed_at=None)
    services.close_programme(programme_id, now=timezone.now(), user=actor(request))
    messages.success(request, _("The programme is ended; its history stays."))
    return redirect("loyalty:tiers")
