"""``guanxi campaign``: make, launch, watch and measure campaigns from the command line."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from guanxi.analytics.models.intervals import Estimate
from guanxi.analytics.reports import campaign_result_read as read
from guanxi.analytics.reports import campaign_result_words as words
from guanxi.analytics.reports.campaign_result import Arm, CampaignResult
from guanxi.core import money, preferences
from guanxi.marketing import queries, services
from guanxi.marketing.plans import BadPlan, CampaignPlan, VariantPlan
from guanxi.marketing.problems import LaunchRefused, NoCampaign, WrongStatus
from guanxi.messaging import queries as messaging
from guanxi.warehouse.queries import NoSnapshot


class Command(BaseCommand):
    help = "List, create, review, launch, pause, resume, cancel campaigns, and read their status and result."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for name, _run in ACTIONS.items():
            action = actions.add_parser(name)
            action.add_argument("--json", action="store_true", help="answer with JSON")
            if name == "create":
                _create_arguments(action)
            elif name != "list":
                action.add_argument("campaign", type=int, help="the campaign's number")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = ACTIONS[options["action"]](options)
        except NoCampaign:
            raise CommandError(_("There is no campaign no. %(number)s.") % {"number": options["campaign"]}) from None
        except read.NotLaunched:
            raise CommandError(_("This campaign was not launched yet.")) from None
        except NoSnapshot:
            raise CommandError(_("The warehouse is still empty: run “guanxi warehouse refresh”.")) from None
        except (BadPlan, LaunchRefused, WrongStatus) as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self.stdout.write(json.dumps(answer, default=str, ensure_ascii=False))
        else:
            self.stdout.write(_plainly(answer))


def _create_arguments(action: ArgumentParser) -> None:
    action.add_argument("--name", required=True)
    action.add_argument("--segment", type=int, required=True, help="the segment's number")
    action.add_argument(
        "--variant",
        action="append",
        required=True,
        metavar="NAME:SHARE:TEMPLATE",
        help="share in percent and the template's number; once for each variant",
    )
    action.add_argument("--control", type=float, default=10.0, help="control group in percent (default 10)")
    action.add_argument("--purpose", default="marketing", choices=["marketing", "service"])
    action.add_argument("--window", type=int, default=14, help="days whose orders count (default 14)")
    action.add_argument("--fixed-cost", default="0", help="in the merchant's currency")
    action.add_argument("--cost-per-thousand", default="0", help="of a thousand messages, in the merchant's currency")
    action.add_argument("--no-tracking", action="store_true", help="do not record opens and clicks")


def _create(options: dict[str, Any]) -> dict[str, Any]:
    currency = preferences.currency()
    newest = {one.id: one.version_id for one in messaging.templates()}
    plan = CampaignPlan(
        name=options["name"],
        segment_id=options["segment"],
        variants=[_variant(text, newest) for text in options["variant"]],
        control_share=round(options["control"] * 100),
        purpose=options["purpose"],
        window_days=options["window"],
        tracking=not options["no_tracking"],
        fixed_cost=_minor(options["fixed_cost"], currency),
        cost_per_thousand=_minor(options["cost_per_thousand"], currency),
        currency=currency,
    )
    return {"campaign": services.create_campaign(plan, user=None, now=timezone.now())}


def _variant(text: str, newest: dict[int, int]) -> VariantPlan:
    try:
        name, share, template = text.rsplit(":", 2)
        return VariantPlan(name=name, share=round(float(share) * 100), template_version_id=newest.get(int(template), 0))
    except ValueError:
        raise CommandError(_("Write a variant as NAME:SHARE:TEMPLATE, for example A:50:3.")) from None


def _minor(text: str, currency: str) -> int:
    try:
        return money.to_minor(text, currency)
    except money.BadAmount as problem:
        raise CommandError(str(problem)) from problem


def _list(options: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"campaign": one.id, "name": one.name, "status": one.status, "launched_at": one.launched_at}
        for one in queries.campaigns()
    ]


def _review(options: dict[str, Any]) -> dict[str, Any]:
    seen = queries.review(options["campaign"], now=timezone.now())
    return {
        "audience": seen.audience,
        "eligible": seen.eligible,
        "left_out": {one.reason: one.count for one in seen.left_out},
        "control": seen.control.count,
        "variants": {group.variant.name: group.count for group in seen.variants if group.variant},
    }


def _launch(options: dict[str, Any]) -> dict[str, Any]:
    return {"job": services.launch(options["campaign"], user=None, now=timezone.now())}


def _changed(change: Callable[..., None]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def run(options: dict[str, Any]) -> dict[str, Any]:
        change(options["campaign"], user=None, now=timezone.now())
        return _status(options)

    return run


def _status(options: dict[str, Any]) -> dict[str, Any]:
    view = queries.campaign(options["campaign"])
    states = messaging.states(services.SOURCE, view.id)
    return {
        "campaign": view.id,
        "name": view.name,
        "status": view.status,
        "problem": view.problem,
        "reviewed_audience": view.reviewed_audience,
        "audience": view.audience,
        "arms": queries.arm_counts(view.id),
        "left_out": queries.left_out_counts(view.id),
        "messages": dict(states.counts),
        "opened": states.opened,
        "clicked": states.clicked,
    }


def _result(options: dict[str, Any]) -> dict[str, Any]:
    result = read.result_of(options["campaign"])
    return {
        "campaign": result.campaign.id,
        "sentences": [said.text for said in words.sayings(result)],
        "currency": result.currency,
        "complete": result.complete,
        "refreshed_at": result.refreshed_at,
        "cost": result.cost,
        "incremental_revenue": _estimate(result.overall.incremental_revenue if result.overall else None),
        "return_on_cost": _estimate(result.overall.return_on_cost if result.overall else None),
        "groups": [_group(arm, result) for arm in result.arms],
    }


def _group(arm: Arm, result: CampaignResult) -> dict[str, Any]:
    comparison = result.comparisons.get(arm.arm)
    counts = {name: getattr(arm, name) for name in ("sent", "delivered", "opened", "clicked", "unsubscribed")}
    totals = arm.totals
    return {
        "arm": arm.arm,
        "name": arm.name,
        "customers": totals.customers,
        **counts,
        "buyers": totals.buyers,
        "orders": totals.orders,
        "revenue": totals.revenue,
        "lift": _estimate(comparison.revenue.lift if comparison else None),
        "verdict": comparison.verdict.value if comparison else None,
    }


def _estimate(estimate: Estimate | None) -> dict[str, float | None] | None:
    return asdict(estimate) if estimate else None


ACTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "list": _list,
    "create": _create,
    "review": _review,
    "launch": _launch,
    "status": _status,
    "pause": _changed(services.pause),
    "resume": _changed(services.resume),
    "cancel": _changed(services.cancel),
    "result": _result,
}


def _plainly(answer: Any, indent: str = "") -> str:
    """Indented lines for people."""
    if isinstance(answer, list):
        return "\n".join(_plainly(one, indent) if isinstance(one, dict) else f"{indent}{one}" for one in answer)
    found = []
    for name, value in answer.items():
        if isinstance(value, dict | list) and value:
            found.append(f"{indent}{name}:\n{_plainly(value, indent + '  ')}")
        elif not isinstance(value, dict | list):
            found.append(f"{indent}{name}: {'' if value is None else value}")
    return "\n".join(found)
