"""Giving a coupon to a segment."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.permissions import actor, requires
from guanxi.loyalty.coupons import queries as coupons
from guanxi.loyalty.coupons.services import NoCoupon, WrongState
from guanxi.marketing import coupon_giving
from guanxi.marketing.web.forms import segment_choices
from guanxi.segments.queries import UnknownSegment


class GiveForm(forms.Form):
    segment = forms.TypedChoiceField(label=gettext_lazy("Segment"), coerce=int, empty_value=None)

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.fields["segment"].choices = [("", _("Choose …")), *segment_choices()]  # type: ignore[attr-defined]


@requires("coupons.edit")
def give(request: HttpRequest, coupon_id: int) -> HttpResponse:
    """Choose a segment; the worker gives the coupon to those in it who have none."""
    try:
        coupon = coupons.coupon(coupon_id)
    except NoCoupon:
        raise Http404 from None
    form = GiveForm(request.POST or None, initial={"segment": request.GET.get("segment", "")})
    if request.method == "POST" and form.is_valid():
        try:
            coupon_giving.start(coupon_id, form.cleaned_data["segment"], user=actor(request), now=timezone.now())
        except (WrongState, UnknownSegment) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The coupon is being given; this page shows how far it is."))
            return redirect("coupons:coupon", coupon_id)
    context = {"coupon": coupon, "form": form, "no_segments": not segment_choices()}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "marketing/give_coupon.html", context, status=status)
