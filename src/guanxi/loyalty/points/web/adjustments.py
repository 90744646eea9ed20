"""Points by hand: the form, and the list in which a second person decides."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.core import preferences
from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.loyalty.models import PointsAdjustment
from guanxi.loyalty.points import queries, services
from guanxi.loyalty.points.types import AdjustmentState, BadPoints, NoSuch, PointsError
from guanxi.loyalty.points.web.forms import AdjustForm
from guanxi.loyalty.points.web.shared import card_of, name_of, of_customers


@requires("loyalty.points_adjust")
def adjust(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    card = card_of(customer_id)
    form = AdjustForm(request.POST or None)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            row = services.adjust(
                programme_id=asked["programme"],
                customer_id=customer_id,
                points=asked["points"],
                reason=asked["reason"],
                user=actor(request),
                now=now,
            )
        except BadPoints as error:
            form.add_error("points" if asked["reason"].strip() else "reason", str(error))
        except PointsError as error:
            form.add_error("points", str(error))
        else:
            done = row.state == AdjustmentState.DONE
            messages.success(request, _("Done.") if done else _("It waits for a second person to approve it."))
            return redirect("loyalty:points_customer", customer_id)
    context = {
        "form": form,
        "card": card,
        "name": name_of(card),
        "balances": queries.balances(customer_id, now=now),
        "limit": min(form.limits.values(), default=0),
        "no_programme": not form.limits,
        "currency": preferences.currency(),
    }
    return render(request, "loyalty/points/adjust.html", context)


ADJUSTMENTS = tables.Table(
    name="points-adjustments",
    columns=[
        tables.Column(key="requested_at", label=gettext_lazy("When"), sort="requested_at"),
        tables.Column(
            key="customer",
            label=gettext_lazy("Customer"),
            cell=lambda row: str(row.customer_id),
            link=lambda row: reverse("loyalty:points_customer", args=[row.customer_id]),
        ),
        tables.Column(
            key="points", label=gettext_lazy("Points"), align="end", template="loyalty/points/cells/points.html"
        ),
        tables.Column(key="reason", label=gettext_lazy("Reason")),
        tables.Column(key="asked", label=gettext_lazy("Asked by"), cell="requested_by.name"),
        tables.Column(
            key="state",
            label=gettext_lazy("State"),
            template="loyalty/points/cells/decision.html",
            csv=lambda row: row.get_state_display(),
        ),
        tables.Column(key="decided", label=gettext_lazy("Decided by"), cell="decided_by.name"),
    ],
    filters=[
        tables.ChoiceFilter(key="state", label=gettext_lazy("State"), choices=AdjustmentState.choices),
        tables.DateFilter(key="requested_at", label=gettext_lazy("When")),
    ],
    search=of_customers,
    search_label=gettext_lazy("Customer: phone, e-mail, name or number"),
    search_is_private=True,
    default_sort="-requested_at",
    export_permission="customers.export",
    empty=tables.Empty(
        title=gettext_lazy("Nobody has changed points by hand"),
        text=gettext_lazy("On a customer's page points can be given and taken; large numbers wait here for approval."),
        icon="edit",
    ),
)


@requires("loyalty.points")
def adjustment_list(request: HttpRequest) -> HttpResponseBase:
    rows = PointsAdjustment.objects.select_related("requested_by", "decided_by")
    may = actor(request).may("loyalty.points_approve")
    waiting = list(rows.filter(state=AdjustmentState.WAITING).order_by("requested_at")[:50]) if may else []
    context = {"waiting": waiting, "me": actor(request).pk}
    return tables.respond(request, ADJUSTMENTS, rows, template="loyalty/points/adjustments.html", context=context)


@requires("loyalty.points_approve")
@require_POST
def approve(request: HttpRequest, adjustment_id: int) -> HttpResponseBase:
    return _decide(request, adjustment_id, services.approve, _("Approved; the points are changed."))


@requires("loyalty.points_approve")
@require_POST
def refuse(request: HttpRequest, adjustment_id: int) -> HttpResponseBase:
    return _decide(request, adjustment_id, services.refuse, _("Refused; the points stay as they are."))


def _decide(request: HttpRequest, adjustment_id: int, use_case: Callable[..., object], done: str) -> HttpResponseBase:
    try:
        use_case(adjustment_id, user=actor(request), now=timezone.now())
    except NoSuch:
        raise Http404 from None
    except PointsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("loyalty:points_adjustments")
