"""One customer's tiers: where they stand, how they came there, and setting a tier by hand."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.core import preferences
from guanxi.core.permissions import actor, requires
from guanxi.customers import queries as customers
from guanxi.loyalty.tiers import queries, services
from guanxi.loyalty.tiers.web.forms import GrantForm


@requires("loyalty.tiers")
def customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Every programme, the way to the next tier, and the history in words."""
    return _show(request, customer_id, _form(request))


@requires("loyalty.tiers_set")
@require_POST
def set_tier(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Give a tier that holds until a day."""
    form = _form(request)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.set_by_hand(
                customer_id,
                tier_id=said["tier"],
                until=said["until"],
                note=said["note"],
                now=timezone.now(),
                user=actor(request),
            )
        except services.BadGrant as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The tier is set."))
            return redirect("loyalty:tier_customer", customer_id)
    return _show(request, customer_id, form, status=422)


@requires("loyalty.tiers_set")
@require_POST
def take_back(request: HttpRequest, customer_id: int, grant_id: int) -> HttpResponse:
    """End a tier set by hand before its day."""
    try:
        services.end_grant(grant_id, customer_id=customer_id, now=timezone.now(), user=actor(request))
    except services.BadGrant as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Taken back: what the orders earned holds again."))
    return redirect("loyalty:tier_customer", customer_id)


def _form(request: HttpRequest) -> GrantForm:
    programmes = queries.programmes()
    tiers = [
        (tier.pk, tier.name if len(programmes) == 1 else f"{programme.name}: {tier.name}")
        for programme in programmes
        for tier in queries.ladder(programme.pk)
    ]
    today = timezone.now().astimezone(preferences.time_zone()).date()
    return GrantForm(request.POST if request.method == "POST" else None, tiers=tiers, today=today)


def _show(request: HttpRequest, customer_id: int, form: GrantForm, *, status: int = 200) -> HttpResponse:
    cards = customers.profiles([customer_id])
    if not cards:
        raise Http404(_("There is no such customer."))
    context: dict[str, Any] = {
        "card": cards[0],
        "standings": queries.told(customer_id, now=timezone.now()),
        "history": queries.history(customer_id),
        "form": form,
        "currency": preferences.currency(),
    }
    return render(request, "loyalty/tiers/customer.html", context, status=status)
