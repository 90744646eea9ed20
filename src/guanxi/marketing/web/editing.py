"""Writing a campaign: the form for a new one and for a draft."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.core import preferences
from guanxi.core.permissions import actor, requires
from guanxi.marketing import services
from guanxi.marketing.models import CampaignStatus
from guanxi.marketing.plans import BadPlan
from guanxi.marketing.types import CampaignView
from guanxi.marketing.web.forms import CampaignForm, VariantForms, initial_of, template_choices, variant_forms
from guanxi.marketing.web.shared import find
from guanxi.segments import queries as segments

FIRST_ROWS = [{"name": "A", "share": 100}]


@requires("marketing.edit")
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new campaign; ``?segment=`` chooses one."""
    currency = preferences.currency()
    if request.method == "POST":
        return _save(request, None, currency)
    asked = request.GET.get("segment", "")
    start = {"segment": int(asked)} if asked.isascii() and asked.isdigit() else {}
    form = CampaignForm(initial=start, currency=currency)
    return _show(request, None, form, variant_forms(extra=2)(initial=FIRST_ROWS))


@requires("marketing.edit")
def edit(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The form of a draft."""
    campaign = find(campaign_id)
    if campaign.status != CampaignStatus.DRAFT:
        messages.warning(request, _("Only a draft can be changed; take a scheduled campaign back first."))
        return redirect("marketing:campaign", campaign_id)
    if request.method == "POST":
        return _save(request, campaign, campaign.currency)
    values, rows = initial_of(campaign)
    form = CampaignForm(initial=values, currency=campaign.currency)
    return _show(request, campaign, form, variant_forms(extra=1)(initial=rows, kept=_kept(campaign)))


@requires("marketing.edit")
@require_POST
def delete(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Remove a draft."""
    find(campaign_id)
    try:
        services.delete_draft(campaign_id, user=actor(request), now=timezone.now())
    except services.WrongStatus as problem:
        messages.error(request, str(problem))
        return redirect("marketing:campaign", campaign_id)
    messages.success(request, _("The draft is deleted."))
    return redirect("marketing:campaigns")


def _save(request: HttpRequest, campaign: CampaignView | None, currency: str) -> HttpResponse:
    form = CampaignForm(request.POST, currency=currency)
    rows = variant_forms(extra=1)(request.POST, kept=_kept(campaign) if campaign else ())
    if form.is_valid() and rows.is_valid():
        try:
            campaign_id = _write(request, campaign, form, rows)
        except BadPlan as bad:
            for field, problem in bad.problems.items():
                form.add_error(field if field in form.fields else None, problem)
        except services.WrongStatus as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("marketing:review", campaign_id)
    return _show(request, campaign, form, rows)


def _write(request: HttpRequest, campaign: CampaignView | None, form: CampaignForm, rows: VariantForms) -> int:
    user, now, plan = actor(request), timezone.now(), form.plan(rows)
    if campaign is None:
        return services.create_campaign(plan, user=user, now=now)
    services.update_campaign(campaign.id, plan, user=user, now=now)
    return campaign.id


def _kept(campaign: CampaignView) -> tuple[int, ...]:
    return tuple(variant.template_version_id for variant in campaign.variants)


def _show(request: HttpRequest, campaign: CampaignView | None, form: CampaignForm, rows: VariantForms) -> HttpResponse:
    sizes = {str(one.id): one.count for one in segments.summaries() if one.count is not None}
    context = {
        "campaign": campaign,
        "form": form,
        "variants": rows,
        "sizes": sizes,
        "no_templates": not template_choices(),
        "no_segments": not segments.summaries(),
    }
    return render(request, "marketing/edit.html", context, status=422 if form.errors or any(rows.errors) else 200)
