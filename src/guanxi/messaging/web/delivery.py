"""How messages leave: the server that is set, a test of the connection, sender and tracking."""

import time
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.core import audit
from guanxi.core.permissions import actor, requires
from guanxi.messaging import delivery
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.channels.base import TransportTrouble
from guanxi.messaging.delivery import DeliverySettings


class DeliveryForm(forms.Form):
    sender_name = forms.CharField(
        label=gettext_lazy("Sender's name"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Empty takes the name in GUANXI_EMAIL_FROM."),
    )
    reply_to = forms.EmailField(label=gettext_lazy("Answers go to"), required=False)
    bounce_address = forms.EmailField(
        label=gettext_lazy("Bounces go to"),
        required=False,
        help_text=gettext_lazy(
            "A mailbox that takes tags (bounces+…@), read by the command “bounces”. Empty uses the sender."
        ),
    )
    track_opens = forms.BooleanField(
        label=gettext_lazy("Count opens"),
        required=False,
        help_text=gettext_lazy(
            "By a picture of one point. Some mail programs load it before anyone reads, so opens are at most this many."
        ),
    )
    track_clicks = forms.BooleanField(
        label=gettext_lazy("Count clicks"),
        required=False,
        help_text=gettext_lazy("Links lead through this installation. Filters that name themselves are not counted."),
    )


@requires("messaging.settings")
def settings_page(request: HttpRequest) -> HttpResponse:
    now = delivery.load()
    form = DeliveryForm(request.POST or None, initial={name: getattr(now, name) for name in DeliveryForm.base_fields})
    if request.method == "POST" and form.is_valid():
        delivery.save(DeliverySettings(**form.cleaned_data))
        audit.record("delivery.changed", actor=actor(request), request=request, now=timezone.now())
        toasts.success(request, _("Saved."))
        return redirect("messaging:delivery")
    return render(request, "messaging/delivery.html", {"form": form, **_server()})


@requires("messaging.settings")
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Opens one connection and closes it; sends nothing."""
    began = time.monotonic()
    try:
        CHANNELS.get("email").transport().open().close()
    except TransportTrouble as trouble:
        toasts.error(request, str(trouble))
    else:
        spent = round((time.monotonic() - began) * 1000)
        toasts.success(request, _("The way out is open (%(milliseconds)s ms).") % {"milliseconds": spent})
        delivery.clear_trouble()
    return redirect("messaging:delivery")


def _server() -> dict[str, object]:
    parts = urlsplit(settings.SMTP_URL)
    return {
        "server": f"{parts.hostname}:{parts.port or ''}".rstrip(":") if settings.SMTP_URL else "",
        "secure": parts.scheme == "smtps",
        "signs_in_as": parts.username or "",
        "sender": settings.DEFAULT_FROM_EMAIL,
        "rate": settings.EMAIL_RATE,
        "connections": settings.EMAIL_CONNECTIONS,
        "base_url": settings.BASE_URL,
    }
