"""Who looks after a customer, and handing over when someone leaves (voice G1)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from guanxi.core import staff
from guanxi.core.permissions import actor, requires
from guanxi.customers import queries as customers
from guanxi.customers import services


@requires("customers.assign")
@require_POST
def assign(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Give one customer to someone."""
    if not customers.present([customer_id]):
        raise Http404
    try:
        owner_id = services.owner_from(request.POST.get("owner", ""))
        services.assign([customer_id], owner_id=owner_id, user=actor(request), now=timezone.now())
    except services.UnknownOwner as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("customers:page", customer_id)


@requires("core.users")
def hand_over(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give all customers of someone to someone else."""
    name = staff.names([user_id]).get(user_id)
    if name is None:
        raise Http404
    if request.method == "POST":
        try:
            owner_id = services.owner_from(request.POST.get("owner", ""))
            count = services.hand_over(user_id, owner_id=owner_id, user=actor(request), now=timezone.now())
        except services.UnknownOwner as error:
            messages.error(request, str(error))
            return redirect("workspace:hand_over", user_id)
        said = ngettext("%(count)s customer was handed over.", "%(count)s customers were handed over.", count)
        messages.success(request, said % {"count": count})
        return redirect("core:user", user_id)
    context = {
        "person": name,
        "person_id": user_id,
        "count": services.owned_counts().get(user_id, 0),
        "colleagues": [(number, one) for number, one in staff.colleagues() if number != user_id],
    }
    return render(request, "workspace/hand_over.html", context)
