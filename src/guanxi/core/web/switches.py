"""Language and theme, for those who signed in and those who did not."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from guanxi.core.models import User
from guanxi.core.permissions import public
from guanxi.core.web.context import THEME_COOKIE, THEMES

A_YEAR = 365 * 24 * 3600


def back(request: HttpRequest, *, otherwise: str = "/") -> HttpResponseRedirect:
    """To the page named by ``next`` when it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if target and safe else otherwise)


def remember(response: HttpResponse, request: HttpRequest, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure())


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    response = back(request)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        remember(response, request, settings.LANGUAGE_COOKIE_NAME, chosen)
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(language=chosen)
    return response


@public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    response = back(request)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        remember(response, request, THEME_COOKIE, chosen)
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(theme=chosen)
    return response
