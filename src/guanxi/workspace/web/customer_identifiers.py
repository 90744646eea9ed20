"""What ties records to a customer: adding, checking, removing, setting aside, splitting."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.commerce import queries as commerce
from guanxi.commerce import services as orders
from guanxi.core import audit
from guanxi.core.permissions import actor, requires
from guanxi.customers import queries as customers
from guanxi.customers import services
from guanxi.customers.types import IdentifierKind, IncomingIdentifier
from guanxi.workspace.web.customer_page import customer_card

SPLIT_ORDERS = 200
"""Orders that can be chosen from on the page; the API takes any."""


@requires("customers.edit")
@require_POST
def add_identifier(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    card = customer_card(customer_id)
    page = redirect("customers:page", customer_id)
    said = request.POST
    try:
        kind = IdentifierKind(said.get("kind", ""))
        shop_id = int(said.get("shop") or 0)
    except ValueError:
        messages.error(request, _("Choose a kind."))
        return page
    if card.erased or (shop_id and shop_id not in {shop.id for shop in commerce.shops()}):
        raise Http404
    given = IncomingIdentifier(
        kind, said.get("value", "")[:200], said.get("within", "")[:60], bool(said.get("verified"))
    )
    try:
        services.add_identifier(
            customer_id, given, source="form", country=card.country or "CN", now=timezone.now(), shop_id=shop_id
        )
    except services.AlreadyKnown as error:
        address = reverse("merging:review", args=[customer_id, error.customer_id])
        known = _("Another customer is known by this.")
        messages.error(request, format_html('{} <a href="{}">{}</a>', known, address, _("Compare the two")))
    except services.BadField as error:
        messages.error(request, str(error))
    else:
        audit.record(
            "customer.identifier_added",
            actor=actor(request),
            subject=("customer", customer_id),
            detail={"kind": kind.value},
            request=request,
        )
        messages.success(request, _("Added: records with it find this customer from now on."))
    return page


@requires("customers.edit")
@require_POST
def verify_identifier(request: HttpRequest, customer_id: int, identifier_id: int) -> HttpResponseBase:
    """Note that somebody has checked an identifier to be this customer's."""
    _known(customer_id, identifier_id)
    services.verify_identifier(customer_id, identifier_id, user=actor(request), now=timezone.now(), request=request)
    messages.success(request, _("Noted as checked."))
    return redirect("customers:page", customer_id)


@requires("customers.edit")
@require_POST
def forget_identifier(request: HttpRequest, customer_id: int, identifier_id: int) -> HttpResponseBase:
    """Remove an identifier, or set it aside when it ties unlike people together."""
    _known(customer_id, identifier_id)
    if request.POST.get("set_aside"):
        services.set_aside_identifier(identifier_id, user=actor(request), now=timezone.now())
        messages.success(request, _("Set aside: it no longer ties anyone to anyone. Undo it under Shared identifiers."))
    else:
        services.remove_identifier(customer_id, identifier_id)
        messages.success(request, _("Removed."))
    return redirect("customers:page", customer_id)


def _known(customer_id: int, identifier_id: int) -> None:
    """Raises Http404 where this is no identifier of this customer."""
    customer_card(customer_id)
    if identifier_id not in {one.id for one in customers.identifiers(customer_id)}:
        raise Http404


@requires("customers.merge")
def split(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """Choose what is the other person's, and make a customer of it."""
    card = customer_card(customer_id)
    if card.erased or card.merged_into:
        raise Http404
    if request.method == "POST":
        try:
            new = orders.split_customer(
                customer_id,
                identifier_ids=_numbers(request, "identifier"),
                order_ids=_numbers(request, "order"),
                name=request.POST.get("name", "").strip()[:200],
                user=actor(request),
                now=timezone.now(),
                request=request,
            )
        except services.CannotSplit as error:
            messages.error(request, str(error))
        else:
            back = reverse("merging:review", args=[customer_id, new])
            said = _("Split: this is the other person now.")
            messages.success(request, format_html('{} <a href="{}">{}</a>', said, back, _("Take it back by merging")))
            return redirect("customers:page", new)
    context = {
        "card": card,
        "identifiers": customers.identifiers(customer_id),
        "shops": {shop.id: shop.name for shop in commerce.shops()},
        "orders": commerce.orders_of(customer_id, limit=SPLIT_ORDERS) if actor(request).may("commerce.view") else [],
        "most": SPLIT_ORDERS,
    }
    return render(request, "workspace/split.html", context)


def _numbers(request: HttpRequest, name: str) -> set[int]:
    return {int(one) for one in request.POST.getlist(name) if one.isdecimal() and len(one) < 19}


@requires("customers.view")
def shared(request: HttpRequest) -> HttpResponseBase:
    """Identifiers set aside because they tie unlike people together."""
    return render(request, "workspace/shared.html", {"shared": customers.shared_identifiers()})


@requires("customers.edit")
@require_POST
def restore_shared(request: HttpRequest, shared_id: int) -> HttpResponseBase:
    if shared_id not in {one.id for one in customers.shared_identifiers()}:
        raise Http404
    services.restore_identifier(shared_id, user=actor(request), now=timezone.now())
    messages.success(request, _("Restored: it ties records together again from now on."))
    return redirect("customers:shared")
