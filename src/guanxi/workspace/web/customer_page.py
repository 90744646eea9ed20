"""The customer page: everything about one customer, and what can be done here."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.analytics import queries as analytics
from guanxi.commerce import queries as commerce
from guanxi.core import preferences, staff
from guanxi.core.permissions import actor, requires
from guanxi.customers import queries as customers
from guanxi.customers import services
from guanxi.customers.identifier_kinds import HINTS, TRAITS
from guanxi.customers.parties import queries as parties
from guanxi.customers.people import queries as people
from guanxi.customers.types import Channel, CustomerCard, Purpose
from guanxi.loyalty import queries as loyalty
from guanxi.loyalty.coupons import queries as coupons
from guanxi.loyalty.tiers.types import Told
from guanxi.messaging import queries as messaging
from guanxi.segments import queries as segments
from guanxi.workspace import timeline
from guanxi.workspace.web import customer_fields, customer_notes

TIMELINE_PAGE = 30
COUPONS = 10


def customer_card(customer_id: int) -> CustomerCard:
    """Raises Http404."""
    found = customers.profiles([customer_id])
    if not found:
        raise Http404(_("There is no such customer."))
    return found[0]


def _clock(customer_id: int) -> datetime | None:
    """What the customer's clock shows, where that is known and not what the reader's shows."""
    now = timezone.localtime()
    zone = customers.time_zone_of(customer_id, now=now)
    theirs = now.astimezone(ZoneInfo(zone)) if zone else now
    return theirs if theirs.utcoffset() != now.utcoffset() else None


def _tiers(request: HttpRequest, card: CustomerCard) -> list[Told]:
    if card.erased or not actor(request).may("loyalty.tiers"):
        return []
    return loyalty.told(card.id, now=timezone.now())


@requires("customers.view")
def customer_page(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    card = customer_card(customer_id)
    if card.merged_into:
        return redirect("customers:page", card.merged_into)
    page = timeline.page(customer_id=customer_id, limit=TIMELINE_PAGE)
    relations = parties.relations_of(customer_id)
    context: dict[str, Any] = {
        "card": card,
        "currency": preferences.currency(),
        "clock": _clock(customer_id),
        "totals": commerce.totals_of(customer_id),
        "orders": commerce.orders_of(customer_id, limit=10) if actor(request).may("commerce.view") else [],
        "identifiers": customers.identifiers(customer_id),
        "consents": customers.consents(customer_id),
        "owner": staff.names([card.owner_id]).get(card.owner_id or 0, ""),
        "colleagues": staff.colleagues,
        "fields_form": customer_fields.form_of(request, customer_id),
        "shops": {shop.id: shop.name for shop in commerce.shops()},
        "merges": customers.merges_of(customer_id),
        "stays": [stay for stay in segments.stays(customer_id=customer_id) if stay.left_at is None],
        "balances": loyalty.points.balances(customer_id, now=timezone.now())
        if actor(request).may("loyalty.points")
        else [],
        "coupons": _coupons(request, customer_id),
        "messages_sent": messaging.history(customer_id, limit=10) if actor(request).may("messaging.view") else [],
        "tiers": _tiers(request, card),
        "outlook": analytics.outlook_of(customer_id) if actor(request).may("analytics.view") else None,
        "due": analytics.due_of(customer_id) if actor(request).may("analytics.view") else None,
        "leanings": analytics.leanings_of(customer_id) if actor(request).may("analytics.view") else [],
        "wanted": analytics.next_products_of(customer_id) if actor(request).may("analytics.view") else [],
        "timeline": page,
        "relations": relations,
        "more_relations": parties.hidden(customer_id, relations),
        "batches": people.memberships(customer_id),
        "all_tags": customers.tags(),
        "channels": list(Channel),
        "identifier_kinds": [(kind.value, traits.label) for kind, traits in TRAITS.items() if kind not in HINTS],
        **customer_notes.shown_to(request, customer_id),
    }
    return render(request, "workspace/customer.html", context)


def _coupons(request: HttpRequest, customer_id: int) -> list[coupons.HeldCoupon] | None:
    """What the customer holds and held; None for those who may not see coupons."""
    if not actor(request).may("coupons.view"):
        return None
    full = actor(request).may("coupons.codes")
    return coupons.coupons_of(customer_id, now=timezone.now(), limit=COUPONS, full_codes=full)


@requires("customers.view")
def customer_timeline(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """The next part of the timeline, before the moment ``before``."""
    customer_card(customer_id)
    page = timeline.page(customer_id=customer_id, limit=TIMELINE_PAGE, before=request.GET.get("before", ""))
    template = "workspace/timeline.html" if request.htmx else "workspace/timeline_page.html"  # type: ignore[attr-defined]
    return render(request, template, {"timeline": page, "customer_id": customer_id})


@requires("customers.reveal")
@require_POST
def reveal(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """One field in full. Leaves an audit entry."""
    customer_card(customer_id)
    try:
        value = services.reveal(
            customer_id, request.POST.get("field", ""), user=actor(request), now=timezone.now(), request=request
        )
    except services.BadField as error:
        raise Http404(str(error)) from None
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse(format_html("<span data-revealed>{}</span>", value or "–"))
    else:
        response = render(request, "workspace/revealed.html", {"card": customer_card(customer_id), "value": value})
    response["Cache-Control"] = "no-store"
    return response


@requires("customers.edit")
@require_POST
def tag(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    customer_card(customer_id)
    name = request.POST.get("tag", "").strip()[:60]
    if name and request.POST.get("remove"):
        services.untag([customer_id], [name], now=timezone.now())
    elif name:
        services.tag([customer_id], [name], now=timezone.now())
    else:
        messages.warning(request, _("Write the tag's name first."))
    return redirect("customers:page", customer_id)


@requires("customers.consent")
@require_POST
def consent(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """Enter what the customer said on the phone, on paper or at the till."""
    customer_card(customer_id)
    try:
        channel = Channel(request.POST.get("channel", ""))
    except ValueError:
        messages.error(request, _("Choose a channel."))
        return redirect("customers:page", customer_id)
    granted = request.POST.get("granted") == "yes"
    now = timezone.now()
    services.record_consent(
        [customer_id],
        channel=channel,
        purpose=Purpose.MARKETING,
        granted=granted,
        source="form",
        at=now,
        now=now,
        detail=request.POST.get("detail", "").strip()[:200],
    )
    messages.success(request, _("Consent recorded.") if granted else _("Withdrawal recorded; no more of it goes out."))
    return redirect("customers:page", customer_id)


@requires("customers.erase")
@require_POST
def erase(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    customer_card(customer_id)
    services.erase(customer_id, user=actor(request), now=timezone.now(), request=request)
    messages.success(request, _("Erased. Orders keep a number that says nothing about the person."))
    return redirect(reverse("customers:page", args=[customer_id]))
