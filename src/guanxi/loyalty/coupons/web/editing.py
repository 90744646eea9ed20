"""The designer: choosing a kind, saying the rule, seeing it in words, trying it on a basket."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.commerce import queries as commerce
from guanxi.core import preferences
from guanxi.core.permissions import actor, requires
from guanxi.loyalty.coupons import candidates, conditions, engine, services, words
from guanxi.loyalty.coupons.conditions import Buyer
from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.coupons.plans import checked
from guanxi.loyalty.coupons.problems import BadRule, WrongState
from guanxi.loyalty.coupons.types import NotUsed
from guanxi.loyalty.coupons.web.forms import CouponForm, TryForm, first_look, initial_of
from guanxi.loyalty.coupons.web.shared import find
from guanxi.loyalty.models.coupons import Coupon, CouponState


@requires("coupons.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Choose a kind; with ``?kind=`` the form of a new coupon of it."""
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        return render(request, "loyalty/coupons/kinds.html", {"kinds": list(KINDS)})
    currency = preferences.currency()
    if request.method == "POST":
        return _save(request, None, kind, currency)
    return _show(request, None, CouponForm(initial=first_look(kind, currency), kind=kind, currency=currency))


@requires("coupons.edit")
def edit(request: HttpRequest, coupon_id: int) -> HttpResponse:
    """The form of a coupon."""
    coupon = find(coupon_id)
    if coupon.state == CouponState.ARCHIVED:
        messages.warning(request, _("An archived coupon cannot be changed."))
        return redirect("coupons:coupon", coupon_id)
    if request.method == "POST":
        return _save(request, coupon, coupon.kind, coupon.currency)
    form = CouponForm(initial=initial_of(coupon), kind=coupon.kind, currency=coupon.currency)
    return _show(request, coupon, form)


@requires("coupons.edit")
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The rule of an unsaved form in words, and what it does to the basket beside it."""
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        raise Http404
    currency = preferences.currency()
    given = request.GET.get("currency", "")
    if len(given) == 3 and given.isalpha() and given.isascii():
        currency = given.upper()
    form, basket = CouponForm(request.POST, kind=kind, currency=currency), TryForm(request.POST, currency=currency)
    return render(request, "loyalty/coupons/_preview.html", _previewed(form, basket, timezone.now()))


def _save(request: HttpRequest, coupon: Coupon | None, kind: str, currency: str) -> HttpResponse:
    form = CouponForm(request.POST, kind=kind, currency=currency)
    if form.is_valid():
        user, now = actor(request), timezone.now()
        try:
            if coupon is None:
                number = services.create_coupon(form.plan(), user=user, now=now)
            else:
                number = coupon.pk
                services.update_coupon(number, form.plan(), user=user, now=now)
        except BadRule as bad:
            for problem, sentence in bad.problems.items():
                form.add_error(form.place_of(problem), sentence)
        except WrongState as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect("coupons:coupon", number)
    return _show(request, coupon, form)


def _show(request: HttpRequest, coupon: Coupon | None, form: CouponForm) -> HttpResponse:
    basket = TryForm(request.POST or None, currency=form.currency)
    context = {
        "coupon": coupon,
        "form": form,
        "kind": form.kind,
        "try": basket,
        "fixed": coupon is not None and coupon.state != CouponState.DRAFT,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "loyalty/coupons/edit.html", context, status=status)


def _previewed(form: CouponForm, basket_form: TryForm, now: datetime) -> dict[str, Any]:
    problems = _problems(form)
    if problems:
        return {"problems": problems}
    coupon = Coupon(**_columns(form))
    shops = {shop.id: shop.name for shop in commerce.shops()}
    context: dict[str, Any] = {
        "headline": words.headline(coupon),
        "sentences": words.sentences(coupon, shops),
        "currency": coupon.currency,
    }
    if not basket_form.is_valid():
        return {**context, "basket_problem": True}
    basket = basket_form.basket()
    if not basket.lines:
        return context
    values = basket_form.cleaned_data
    ordered = {"yes": True, "no": False}.get(values.get("ordered", ""))
    buyer = Buyer(None, tier=values.get("tier", ""), ordered=ordered)
    day = conditions.local_day(values.get("at") or now, preferences.time_zone())
    reasons = conditions.read(coupon.conditions).against(basket, buyer, day)
    offers = [] if reasons else [candidates.offer(coupon, basket)]
    turned_down = [NotUsed(code="", name=coupon.name, reason=reason) for reason in reasons]
    verdict = engine.best(offers, basket, not_used=turned_down)
    lines = list(zip(basket.lines, verdict.line_discounts, strict=True))
    return {**context, "verdict": verdict, "lines": lines}


def _problems(form: CouponForm) -> list[str]:
    """What is missing before the rule can be said; a name and a code are not part of the rule."""
    form.is_valid()
    missing = [str(form.fields[name].label) for name in form.errors if name in form.fields and name != "name"]
    if missing:
        return missing
    form.cleaned_data.setdefault("name", "–")
    try:
        checked(form.plan())
    except BadRule as bad:
        return [said for name, said in bad.problems.items() if name not in {"shared_code", "name"}]
    return []


def _columns(form: CouponForm) -> dict[str, Any]:
    plan = form.plan()
    names = [name for name in CouponForm.base_fields if hasattr(plan, name)]
    return {
        **{name: getattr(plan, name) for name in names},
        "kind": plan.kind,
        "currency": plan.currency,
        "params": KINDS.get(plan.kind).check(plan.params),
        "conditions": conditions.parse(plan.conditions).to_json(),
    }
