"""Pages that links in messages lead to: for anyone who has the message, without signing in."""

import base64

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from guanxi.core import preferences as merchant
from guanxi.core.permissions import public
from guanxi.messaging import delivery, reactions, tokens

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def _message(token: str) -> int:
    try:
        return tokens.message_id(token)
    except tokens.BadToken:
        raise Http404 from None


def _by_machine(request: HttpRequest) -> bool:
    purpose = request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or ""
    return request.method != "GET" or reactions.is_machine(request.headers.get("User-Agent", ""), purpose)


@public
@require_safe
@never_cache
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The picture of one point at the end of a message. Always answers with it, whatever the token."""
    try:
        number = tokens.message_id(token)
    except tokens.BadToken:
        number = tokens.TEST
    if number != tokens.TEST and not _by_machine(request) and delivery.load().track_opens:
        reactions.record_open(number, now=timezone.now())
    return HttpResponse(GIF, content_type="image/gif")


@public
@require_safe
@never_cache
def clicked(request: HttpRequest, token: str, link: int) -> HttpResponse:
    """On to an address that the author wrote into this message; there is no way to name another."""
    number = _message(token)
    url = reactions.link_of(number, link)
    if url is None:
        raise Http404
    if not _by_machine(request) and delivery.load().track_clicks:
        reactions.record_click(number, link, url=url, now=timezone.now())
    return HttpResponseRedirect(url)


@public
@never_cache
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Asks before it does anything, because mail filters follow links too; the button does it."""
    number = _message(token)
    done = ""
    if request.method == "POST":
        now = timezone.now()
        if request.POST.get("choice") == "again":
            done = "again" if number == tokens.TEST or reactions.resubscribe(number, now=now) else "gone"
        else:
            done = "stopped" if number == tokens.TEST or reactions.unsubscribe(number, now=now) else "gone"
    context = {
        "merchant_name": merchant.merchant_name(),
        "token": token,
        "done": done,
        "is_test": number == tokens.TEST,
        "wants_marketing": reactions.wants_marketing(number),
    }
    return render(request, "messaging/preferences.html", context)


@public
@csrf_exempt
@require_POST
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: the mail program's own unsubscribe button posts here, without cookies and without a person looking."""
    number = _message(token)
    if request.POST.get("List-Unsubscribe") != "One-Click":
        return HttpResponseBadRequest("List-Unsubscribe=One-Click", content_type="text/plain")
    if number != tokens.TEST:
        reactions.unsubscribe(number, now=timezone.now())
    return HttpResponse("OK", content_type="text/plain")
