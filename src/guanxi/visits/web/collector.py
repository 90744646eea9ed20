"""The collector's address in Django; see collecting.py for why the web server's own stands before it."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from guanxi.core.permissions import public
from guanxi.visits import recording
from guanxi.visits.collecting import Asked, answer


@public
@csrf_exempt
def collect(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a batch of a page's script; open to every page of the website's origins."""
    asked = Asked(
        method=request.method or "",
        key=key,
        origin=request.headers.get("Origin", ""),
        user_agent=request.headers.get("User-Agent", ""),
        opted_out=request.headers.get("DNT") == "1" or request.headers.get("Sec-GPC") == "1",
        length=request.headers.get("Content-Length", ""),
        read=lambda: request.body,
        etag=request.headers.get("If-None-Match", ""),
    )
    given = answer(asked, record=recording.record, now=timezone.now())
    return HttpResponse(given.body, status=given.status, headers=dict(given.headers))
