"""Endpoints of results: what a campaign earned against its control group."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema

from guanxi.analytics.reports.campaign_result import Arm, CampaignResult
from guanxi.analytics.reports.campaign_result_read import NotLaunched, result_of
from guanxi.analytics.reports.campaign_result_words import sayings
from guanxi.core.api.access import Scope
from guanxi.core.api.problems import PROBLEMS, ApiProblem
from guanxi.marketing.problems import NoCampaign
from guanxi.warehouse.queries import NoSnapshot

router = Router(tags=["campaigns"])

Id = Annotated[int, Path(gt=0, lt=2**63)]


class EstimateOut(Schema):
    value: float
    low: float | None
    high: float | None


class ArmOut(Schema):
    """Money in minor units of the merchant's currency. Intervals cover 95 %."""

    name: str
    customers: int
    delivered: int
    opened: int
    clicked: int
    buyers: int
    orders: int
    revenue: int
    cost: int
    verdict: str | None
    revenue_per_customer_difference: EstimateOut | None
    lift: EstimateOut | None
    incremental_revenue: EstimateOut | None
    return_on_cost: EstimateOut | None
    p_value: float | None


class ResultOut(Schema):
    currency: str
    refreshed_at: datetime
    complete: bool
    sentences: list[str]
    arms: list[ArmOut]
    sample_ratio_p_value: float | None
    sample_ratio_mismatch: bool | None


@router.get("/{campaign_id}/result", response={200: ResultOut, **PROBLEMS}, auth=Scope("marketing.view"))
def campaign_result(request: HttpRequest, campaign_id: Id) -> dict[str, Any]:
    """Per variant and control group, with the lift over control; plain sentences first."""
    try:
        result = result_of(campaign_id)
    except NoCampaign:
        raise ApiProblem(404, "not-found", "There is no such campaign.") from None
    except NotLaunched:
        raise ApiProblem(409, "not-launched", "This campaign was not launched, so there is no result.") from None
    except NoSnapshot:
        raise ApiProblem(409, "warehouse-empty", "The warehouse is still empty; try again in a minute.") from None
    sizes = result.experiment.sizes if result.experiment else None
    return {
        "currency": result.currency,
        "refreshed_at": result.refreshed_at,
        "complete": result.complete,
        "sentences": [saying.text for saying in sayings(result)],
        "arms": [_arm(arm, result) for arm in result.arms],
        "sample_ratio_p_value": sizes.p_value if sizes else None,
        "sample_ratio_mismatch": sizes.mismatch if sizes else None,
    }


def _arm(arm: Arm, result: CampaignResult) -> dict[str, Any]:
    compared = result.comparisons.get(arm.arm)
    return {
        "name": arm.name,
        "customers": arm.totals.customers,
        "delivered": arm.delivered,
        "opened": arm.opened,
        "clicked": arm.clicked,
        "buyers": arm.totals.buyers,
        "orders": arm.totals.orders,
        "revenue": arm.totals.revenue,
        "cost": arm.totals.cost,
        "verdict": compared.verdict.value if compared else None,
        "revenue_per_customer_difference": compared.revenue.difference if compared else None,
        "lift": compared.revenue.lift if compared else None,
        "incremental_revenue": compared.incremental_revenue if compared else None,
        "return_on_cost": compared.return_on_cost if compared else None,
        "p_value": compared.revenue.p_value if compared else None,
    }
