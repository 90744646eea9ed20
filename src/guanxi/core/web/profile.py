"""What a person sets for themselves."""

from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.models import User
from guanxi.core.permissions import SIGNED_IN, requires
from guanxi.core.web.switches import remember

THEME_CHOICES = [
    ("auto", gettext_lazy("As the device")),
    ("light", gettext_lazy("Light")),
    ("dark", gettext_lazy("Dark")),
]


def time_zones() -> list[tuple[str, str]]:
    """Zones people choose from: those named after a place."""
    return [
        (zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone and "Etc/" not in zone
    ]


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name", "language", "time_zone", "theme")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        as_merchant = [("", _("As the merchant's"))]
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), choices=[("", _("As the browser's")), *settings.LANGUAGES], required=False
        )
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), choices=[*as_merchant, *time_zones()], required=False
        )
        self.fields["theme"] = forms.ChoiceField(label=_("Theme"), choices=THEME_CHOICES)


@requires(SIGNED_IN)
def profile(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your profile is saved."))
        response = redirect("core:profile")
        if user.language:
            remember(response, request, settings.LANGUAGE_COOKIE_NAME, user.language)
        else:
            response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return response
    return render(request, "core/profile.html", {"form": form})
