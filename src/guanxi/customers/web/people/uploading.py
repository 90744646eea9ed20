"""The first step: a file of people arrives, and what they came with is said."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.permissions import actor, requires
from guanxi.core.table_files.base import UnreadableFile
from guanxi.customers.models import Occasion, PeopleBatch, PeopleFile
from guanxi.customers.parties.kinds import Role
from guanxi.customers.people import importing
from guanxi.customers.people.readers import READERS
from guanxi.customers.people.services import BadBatch, BatchPlan, open_batch
from guanxi.customers.types import Channel
from guanxi.customers.web.people import files

CHANNELS = [(Channel.EMAIL.value, gettext_lazy("E-mail")), (Channel.SMS.value, gettext_lazy("SMS"))]


class UploadForm(forms.Form):
    """A file and its batch: one that is there, or a new one."""

    batch = forms.ModelChoiceField(
        label=gettext_lazy("Into"),
        queryset=PeopleBatch.objects.order_by("-occurred_on", "-pk"),
        required=False,
        empty_label=gettext_lazy("A new batch"),
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the batch"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Such as “Spring fair 2026”; it is found under this name forever."),
    )
    occasion = forms.ChoiceField(
        label=gettext_lazy("Occasion"), choices=Occasion.choices, initial=Occasion.FAIR, required=False
    )
    occurred_on = forms.DateField(
        label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    role = forms.ChoiceField(
        label=gettext_lazy("All of them are"), choices=[("", gettext_lazy("Not said")), *Role.choices], required=False
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags for all"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Several with commas between them."),
    )
    country = forms.CharField(
        label=gettext_lazy("Country of phone numbers without a code"), max_length=2, min_length=2, initial="CN"
    )
    consent_channels = forms.MultipleChoiceField(
        label=gettext_lazy("All of them agreed to marketing by"),
        choices=CHANNELS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    consent_how = forms.CharField(
        label=gettext_lazy("How did they agree?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Handing over a card is no consent. Leave this empty unless each of them said yes."),
    )

    def plan(self) -> BatchPlan:
        said = self.cleaned_data
        return BatchPlan(
            name=said["name"],
            occasion=said["occasion"] or Occasion.OTHER.value,
            occurred_on=said["occurred_on"] or timezone.localdate(),
            role=said["role"],
            tags=said["tags"].replace("，", ",").split(","),
            consent_channels=said["consent_channels"],
            consent_how=said["consent_how"],
            country=said["country"],
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        name = " ".join(said.get("name", "").split())
        if not said.get("batch") and PeopleBatch.objects.filter(name=name).exists():
            self.add_error("name", _("There is a batch of this name already; choose it above, or give another name."))
        return said

    def clean_occurred_on(self) -> Any:
        day = self.cleaned_data["occurred_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


@requires("customers.import")
def upload(request: HttpRequest) -> HttpResponse:
    """The page that takes a file, and the file."""
    if request.method != "POST":
        asked = request.GET.get("batch", "")
        initial = {"batch": asked, "occurred_on": timezone.localdate()}
        return _page(request, UploadForm(initial=initial))
    form = UploadForm(request.POST)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return _page(request, form, _("Choose the file to import."))
    if form.is_valid():
        try:
            row = _take(request, form, file)
            return _go(request, reverse("people:check", args=[row.pk]))
        except BadBatch as error:
            form.add_error(error.field, str(error))
        except (UnreadableFile, importing.ImportFailed) as error:
            return _page(request, form, str(error))
    return _page(request, form)


def _take(request: HttpRequest, form: UploadForm, file: UploadedFile) -> PeopleFile:
    """Keep the file and note it. Raises BadBatch, UnreadableFile, ImportFailed, with nothing kept."""
    now, user = timezone.now(), actor(request)
    files.sweep(now=now)
    path = files.keep(file)
    try:
        reader = importing.recognised(path)
        with transaction.atomic():
            batch = form.cleaned_data["batch"] or open_batch(form.plan(), user=user, now=now)
            return PeopleFile.objects.create(
                batch=batch,
                reader=reader,
                file_name=(file.name or "")[:200],
                stored_path=f"{files.folder().name}/{path.name}",
                created_by=user,
                created_at=now,
            )
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """On to the next page, also when htmx sent the file to show how far it is."""
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse()
        response["HX-Redirect"] = address
        return response
    return redirect(address)


def _page(request: HttpRequest, form: UploadForm, refusal: str = "") -> HttpResponse:
    context = {
        "form": form,
        "refusal": refusal,
        "readers": list(READERS),
        "largest": files.LARGEST,
        "megabytes": files.LARGEST >> 20,
        "too_large": files.too_large(),
    }
    return render(request, "customers/people/upload.html", context)
