"""Bringing a list of customers in a file."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.permissions import actor, requires
from guanxi.segments import list_import
from guanxi.segments.models import Segment, SegmentKind
from guanxi.segments.services import NameTaken

SHOWN_UNMATCHED = 1000


class ListForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or text: one phone number, e-mail address or customer number a line."),
    )
    segment = forms.ModelChoiceField(
        label=gettext_lazy("Into"),
        queryset=Segment.objects.none(),
        required=False,
        empty_label=gettext_lazy("A new list"),
    )
    name = forms.CharField(label=gettext_lazy("Name of the new list"), max_length=120, required=False)
    replace = forms.BooleanField(label=gettext_lazy("Take everyone else off the list"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["segment"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = Segment.objects.filter(kind=SegmentKind.STATIC, archived_at=None).order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("segment") and not (cleaned.get("name") or "").strip():
            self.add_error("name", _("A new list needs a name."))
        return cleaned


@requires("segments.edit")
def bring(request: HttpRequest) -> HttpResponse:
    """Upload a list. Lines that name nobody are shown once, here, and kept nowhere: they are personal data."""
    form = ListForm(request.POST or None, request.FILES or None, initial={"segment": request.GET.get("segment")})
    if request.method == "POST" and form.is_valid() and (done := _bring(request, form)):
        shown = done.unmatched[:SHOWN_UNMATCHED]
        hidden = len(done.unmatched) - len(shown)
        return render(request, "segments/imported.html", {"done": done, "unmatched": shown, "hidden": hidden})
    return render(request, "segments/import.html", {"form": form})


def _bring(request: HttpRequest, form: ListForm) -> Any:
    chosen = form.cleaned_data["segment"]
    try:
        return list_import.bring(
            list_import.read_lines(form.cleaned_data["file"].read(list_import.MOST_BYTES + 1)),
            now=timezone.now(),
            name=form.cleaned_data["name"],
            segment_id=chosen.pk if chosen else None,
            replace=form.cleaned_data["replace"],
            user=actor(request),
        )
    except list_import.BadList as error:
        form.add_error("file", str(error))
    except NameTaken as error:
        form.add_error("name", str(error))
    return None
