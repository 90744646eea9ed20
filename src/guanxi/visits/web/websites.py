"""Settings of the websites: who may send, what to put on their pages, and whether it arrives."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from guanxi.core.permissions import actor, requires
from guanxi.visits import keeping, services, sites
from guanxi.visits.collecting import PREFIX
from guanxi.visits.models import Site
from guanxi.visits.script import NAME


class SiteForm(forms.ModelForm):
    origins = forms.CharField(
        label=gettext_lazy("Addresses"),
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "https://www.shop.example"}),
        help_text=gettext_lazy("Where its pages are, one on a line. Events from anywhere else are refused."),
        max_length=4000,
    )
    events_per_minute = forms.IntegerField(
        label=gettext_lazy("Most events a minute"),
        min_value=1,
        max_value=100_000_000,
        help_text=gettext_lazy("More are refused until the minute is over; pages send them later."),
    )

    class Meta:
        model = Site
        fields = ["name", "origins", "takes_forms", "events_per_minute", "active"]
        help_texts = {
            "takes_forms": gettext_lazy("From forms that are marked on the page, and from nowhere else."),
        }

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.initial["origins"] = "\n".join(self.instance.origins or [])

    def clean_origins(self) -> list[str]:
        given = self.cleaned_data["origins"].split()
        for text in given:
            if not sites.origin_of(text):
                raise forms.ValidationError(_("“%(text)s” is no address of a website.") % {"text": text[:80]})
        return sites.origins_of(given)


class KeepForm(forms.Form):
    days = forms.IntegerField(
        label=gettext_lazy("Days that anonymous visits are kept"),
        min_value=keeping.SHORTEST,
        max_value=keeping.LONGEST,
        help_text=gettext_lazy("Older ones are deleted every hour. What customers did stays on their timeline."),
    )


def snippet(site: Site) -> str:
    """What goes onto the website's pages."""
    return f'<script async src="{settings.BASE_URL}{PREFIX}{NAME}" data-site="{site.key}"></script>'


@requires("visits.settings")
def site_list(request: HttpRequest) -> HttpResponse:
    form = KeepForm(request.POST or None, initial={"days": keeping.keep_days()})
    if request.method == "POST" and form.is_valid():
        services.keep_for(form.cleaned_data["days"], user=actor(request), now=timezone.now(), request=request)
        messages.success(request, _("Saved."))
        return redirect("visits:sites")
    return render(request, "visits/sites.html", {"sites": Site.objects.order_by("name"), "form": form})


@requires("visits.settings")
def site_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Site())


@requires("visits.settings")
def site_edit(request: HttpRequest, site_id: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Site, pk=site_id))


def _edit(request: HttpRequest, site: Site) -> HttpResponse:
    is_new, name = site.pk is None, site.name
    form = SiteForm(request.POST or None, instance=site)
    if request.method == "POST" and form.is_valid():
        saved = services.save_site(
            form.save(commit=False),
            changed=form.changed_data,
            user=actor(request),
            now=timezone.now(),
            request=request,
        )
        messages.success(request, _("The website is saved."))
        return redirect("visits:site", saved.pk)
    context = {"form": form, "site": site, "name": name, "is_new": is_new}
    if not is_new:
        context |= {"snippet": snippet(site), **_arrival(site)}
    return render(request, "visits/site.html", context)


@requires("visits.settings")
@require_safe
def arrival(request: HttpRequest, site_id: int) -> HttpResponse:
    """Whether events arrive; asked again and again by the page, until they do."""
    site = get_object_or_404(Site, pk=site_id)
    return render(request, "visits/_arrival.html", {"site": site, **_arrival(site)})


def _arrival(site: Site) -> dict[str, object]:
    refused = site.refused_at and (site.last_event_at is None or site.refused_at > site.last_event_at)
    return {"refused": bool(refused and site.refused_origin not in site.origins)}


@requires("visits.settings")
@require_POST
def allow(request: HttpRequest, site_id: int) -> HttpResponse:
    """Take the origin that was refused among the website's addresses."""
    site = get_object_or_404(Site, pk=site_id)
    try:
        origin = services.allow_origin(
            site, request.POST.get("origin", ""), user=actor(request), now=timezone.now(), request=request
        )
    except services.BadOrigin as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Events from %(origin)s are taken now.") % {"origin": origin})
    return redirect("visits:site", site.pk)
