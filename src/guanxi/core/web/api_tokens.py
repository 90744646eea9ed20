"""Keys with which other programs use the API."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from guanxi.core import audit, tokens
from guanxi.core.models import ApiToken, User
from guanxi.core.permissions import PERMISSIONS, requires
from guanxi.core.web.users import actor

LIFETIMES = [
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("A year")),
    ("", gettext_lazy("Until revoked")),
]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Which program will use it.")
    )
    days = forms.ChoiceField(label=gettext_lazy("Valid for"), choices=LIFETIMES, required=False, initial="90")
    scopes = forms.MultipleChoiceField(label=gettext_lazy("It may"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: object, owner: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        own = [(code, right.label) for code, right in PERMISSIONS.items() if code in owner.rights]
        self.fields["scopes"].choices = own  # type: ignore[attr-defined]


def reachable(user: User) -> QuerySet[ApiToken]:
    """One's own; everyone's for those who manage users."""
    rows = ApiToken.objects.select_related("owner")
    return rows if user.may("core.users") else rows.filter(owner=user)


@requires("core.tokens")
@never_cache
def api_tokens(request: HttpRequest) -> HttpResponse:
    owner = actor(request)
    form = TokenForm(request.POST or None, owner=owner)
    raw = ""
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        token, raw = tokens.issue(
            owner=owner,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=timezone.now() + timedelta(days=int(days)) if days else None,
        )
        detail = {"scopes": token.scopes, "days": days}
        audit.record("token.issued", actor=owner, subject=("token", token.pk), detail=detail, request=request)
        form = TokenForm(owner=owner)
    context = {"form": form, "raw": raw, "tokens": reachable(owner)[:200], "now": timezone.now()}
    return render(request, "core/tokens.html", context)


@requires("core.tokens")
@require_POST
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(reachable(actor(request)), pk=token_id)
    tokens.revoke(token, now=timezone.now())
    audit.record("token.revoked", actor=actor(request), subject=("token", token.pk), request=request)
    messages.success(request, _("The token no longer works."))
    return redirect("core:tokens")
