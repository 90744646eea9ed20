"""Programmes: how points are earned and spent."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.commerce import queries as commerce
from guanxi.core import preferences
from guanxi.core.models import Job
from guanxi.core.permissions import actor, requires
from guanxi.loyalty.models import PointsProgramme, PointsRule
from guanxi.loyalty.points import programmes, services, words
from guanxi.loyalty.points.types import BadPoints, NoSuch
from guanxi.loyalty.points.web.forms import ProgrammeForm, RuleForm


@requires("loyalty.points_settings")
def programme_list(request: HttpRequest) -> HttpResponse:
    programmes.default(now=timezone.now())
    rows = PointsProgramme.objects.prefetch_related("rules", "shops").order_by("-is_default", "name")
    context = {"programmes": rows, "shops": {shop.id: shop.name for shop in commerce.shops()}}
    return render(request, "loyalty/points/programmes.html", context)


@requires("loyalty.points_settings")
def new(request: HttpRequest) -> HttpResponseBase:
    return _edit(request, PointsProgramme(starts_at=timezone.now()))


@requires("loyalty.points_settings")
def edit(request: HttpRequest, programme_id: int) -> HttpResponseBase:
    return _edit(request, _found(programme_id))


@requires("loyalty.points_settings")
@require_POST
def add_rule(request: HttpRequest, programme_id: int) -> HttpResponseBase:
    programme = _found(programme_id)
    form = RuleForm(request.POST)
    if form.is_valid():
        try:
            services.add_rule(programme.pk, form.terms(), user=actor(request), now=timezone.now())
        except BadPoints as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Added. It holds for orders paid from now on."))
            return redirect("loyalty:points_programme", programme.pk)
    return _page(request, programme, ProgrammeForm(programme=programme), form)


@requires("loyalty.points_settings")
@require_POST
def remove_rule(request: HttpRequest, rule_id: int) -> HttpResponseBase:
    rule = PointsRule.objects.filter(pk=rule_id).first()
    if rule is None:
        raise Http404
    services.remove_rule(rule_id, user=actor(request), now=timezone.now())
    messages.success(request, _("Removed. Points earned by it stay."))
    return redirect("loyalty:points_programme", rule.programme_id)


@requires("loyalty.points_settings")
@require_POST
def catch_up(request: HttpRequest, programme_id: int) -> HttpResponseBase:
    _found(programme_id)
    services.start_catching_up(programme_id, user=actor(request))
    messages.success(request, _("The worker goes through the earlier orders."))
    return redirect("loyalty:points_programme", programme_id)


def _found(programme_id: int) -> PointsProgramme:
    try:
        return programmes.one(programme_id)
    except NoSuch:
        raise Http404 from None


def _edit(request: HttpRequest, programme: PointsProgramme) -> HttpResponseBase:
    form = ProgrammeForm(request.POST or None, programme=programme)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_programme(
                programme, terms=form.terms(), shop_ids=form.shop_ids(), user=actor(request), now=timezone.now()
            )
        except BadPoints as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("loyalty:points_programme", saved.pk)
    return _page(request, programme, form, RuleForm())


def _page(request: HttpRequest, programme: PointsProgramme, form: ProgrammeForm, rule_form: RuleForm) -> HttpResponse:
    rules = list(PointsRule.objects.filter(programme_id=programme.pk or 0).order_by("kind", "pk"))
    context = {
        "programme": programme,
        "form": form,
        "rule_form": rule_form,
        "rules": rules,
        "days": {rule.pk: words.days(rule) for rule in rules},
        "currency": preferences.currency(),
        "shops": {shop.id: shop.name for shop in commerce.shops()},
        "products": commerce.product_titles([rule.product_id for rule in rules if rule.product_id]),
        "job": _catching_up().first(),
    }
    return render(request, "loyalty/points/programme.html", context)


def _catching_up() -> QuerySet[Job]:
    return Job.objects.filter(kind="loyalty.points.catch_up").order_by("-pk")
