"""Pages for what went wrong. They need no database, so that they show when it is what went wrong."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    theme = request.COOKIES.get("theme", "auto")
    context = {"status": status, "title": title, "text": text, "theme": theme}
    return HttpResponse(render_to_string("core/error.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, _("This request makes no sense here"), _("Go back and try it again."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = _("Your roles do not include this. If you need it, ask your administrator.")
    return _page(request, 403, _("This is not yours to open"), text)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _("The page was open for too long, or cookies are blocked. Go back, reload the page and try again.")
    return _page(request, 403, _("This form is out of date"), text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, _("There is no such page"), _("It may have been removed, or the address has a typo."))


def broken(request: HttpRequest) -> HttpResponse:
    text = _("The error is in the log. Try again; if it stays, tell your administrator what you did and when.")
    return _page(request, 500, _("Something broke here"), text)
