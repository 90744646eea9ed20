"""Endpoints of models: what they came to, running one, and what they say of a customer."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router, Schema, Status
from ninja.decorators import decorate_view

from guanxi.analytics import queries, services
from guanxi.analytics.forecasts import FORECASTS
from guanxi.analytics.models.stored import ModelRun
from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.problems import PROBLEMS, ApiProblem
from guanxi.core.permissions import actor

router = Router(tags=["models"])

Id = Annotated[int, Path(gt=0, lt=2**63)]


class RunOut(Schema):
    """``quality`` holds, once enough weeks could be held out, their number and the purchases expected and seen."""

    state: str
    message: str
    version: int
    first_day: date | None
    last_day: date | None
    customers: int
    parameters: dict[str, float]
    quality: dict[str, float | None]
    finished_at: datetime


class ModelOut(Schema):
    name: str
    label: str
    summary: str
    last_run: RunOut | None


class Started(Schema):
    """The job is null when the model is running already."""

    job_id: int | None


class OutlookOut(Schema):
    """Chances are shares of one. Money is in minor units of ``currency``, discounted, of the next twelve months."""

    p_alive: float
    churn_risk: float
    expected_orders_30: float
    expected_orders_90: float
    expected_orders_365: float
    lifetime_value: int
    lifetime_value_low: int
    lifetime_value_high: int
    next_order_at: datetime | None
    currency: str
    last_day: date


@router.get("", response={200: list[ModelOut], **PROBLEMS}, auth=Scope("analytics.view"))
def all_models(request: HttpRequest) -> list[dict[str, Any]]:
    """Every model with its last run."""
    return [_model(name) for name in FORECASTS.names()]


@router.get("/{name}", response={200: ModelOut, **PROBLEMS}, auth=Scope("analytics.view"))
def one_model(request: HttpRequest, name: str) -> dict[str, Any]:
    """One model with its last run."""
    return _model(name)


@router.post("/{name}/run", response={202: Started, **PROBLEMS}, auth=Scope("analytics.run"))
@decorate_view(idempotent)
def run_model(request: HttpRequest, name: str) -> Status[dict[str, int | None]]:
    """Let the worker run a model now."""
    _model(name)
    job = services.start_forecast(name, user=actor(request), now=timezone.now())
    return Status(202, {"job_id": job.pk if job else None})


@router.get(
    "/customer_value/customers/{customer_id}", response={200: OutlookOut, **PROBLEMS}, auth=Scope("analytics.view")
)
def customer_outlook(request: HttpRequest, customer_id: Id) -> Any:
    """What one customer is likely to do and to be worth."""
    found = queries.outlook_of(customer_id)
    if found is None:
        raise ApiProblem(404, "not-found", "No model knows this customer.")
    return found


class DueOut(Schema):
    """Half of the customers with the same past have ordered by ``at``, eight of ten between ``early`` and ``late``."""

    at: datetime | None
    early: datetime | None
    late: datetime | None
    product_id: int | None
    product: str
    product_at: datetime | None


@router.get("/next_orders/customers/{customer_id}", response={200: DueOut, **PROBLEMS}, auth=Scope("analytics.view"))
def customer_due(request: HttpRequest, customer_id: Id) -> Any:
    """When one customer is due to buy again, and what."""
    found = queries.due_of(customer_id)
    if found is None:
        raise ApiProblem(404, "not-found", "No model says when this customer is due.")
    return found


class LeaningOut(Schema):
    """``chance`` is a share of one; ``tenth`` 1 is the likeliest tenth of all customers who have bought."""

    category: str
    chance: float
    tenth: int


@router.get(
    "/category_chances/customers/{customer_id}",
    response={200: list[LeaningOut], **PROBLEMS},
    auth=Scope("analytics.view"),
)
def customer_leanings(request: HttpRequest, customer_id: Id) -> Any:
    """The categories of which one customer is among the likeliest three tenths of buyers; empty where of none."""
    return queries.leanings_of(customer_id)


class WantedOut(Schema):
    """``reason`` is ``with`` (``share`` of the buyers of the product of the reason bought this one too), ``alike``
    (people of like tastes bought it) or ``popular``."""

    rank: int
    product_id: int
    title: str
    reason: str
    reason_product_id: int | None
    reason_title: str
    share: float | None


@router.get(
    "/next_products/customers/{customer_id}",
    response={200: list[WantedOut], **PROBLEMS},
    auth=Scope("analytics.view"),
)
def customer_next_products(request: HttpRequest, customer_id: Id) -> Any:
    """What one customer is likely to want next, the likeliest first; empty where no model knows."""
    return queries.next_products_of(customer_id)


def _model(name: str) -> dict[str, Any]:
    if name not in FORECASTS:
        raise ApiProblem(404, "not-found", "There is no such model.")
    forecast = FORECASTS.get(name)
    last = ModelRun.objects.filter(model=name).order_by("-finished_at", "-pk").first()
    return {"name": name, "label": str(forecast.label), "summary": str(forecast.summary), "last_run": last}
