"""Endpoints of coupons for tills and shops: validate, redeem, give back; and for systems that make and give them."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Status
from ninja.decorators import decorate_view

from guanxi.commerce import queries as commerce
from guanxi.core import preferences
from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.paging import Page, Paging, cut
from guanxi.core.api.problems import PROBLEMS, ApiProblem, FieldProblem
from guanxi.core.permissions import actor
from guanxi.customers import queries as customers
from guanxi.loyalty.coupons import codes as coupon_codes
from guanxi.loyalty.coupons import queries, results, services
from guanxi.loyalty.coupons.plans import CouponPlan
from guanxi.loyalty.coupons.schemas import (
    BasketIn,
    CodeIn,
    CodeOut,
    CodesIn,
    CouponIn,
    CouponOut,
    Created,
    HeldOut,
    IssuedOut,
    IssueIn,
    LedgerFilter,
    ReceiptOut,
    RedeemIn,
    RedemptionOut,
    ResultsOut,
    Returned,
    ReturnIn,
    Started,
    StateIn,
    VerdictOut,
    Voided,
)
from guanxi.loyalty.coupons.types import Basket, BasketLine, Verdict
from guanxi.loyalty.models.coupons import Coupon, IssuedCoupon

router = Router(tags=["coupons"])

Id = Annotated[int, Path(gt=0, lt=2**63)]


@router.get("", response={200: Page[CouponOut], **PROBLEMS}, auth=Scope("coupons.view"))
def list_coupons(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Coupons, newest first."""
    rows = Coupon.objects.order_by("-pk")
    if before := paging.after([int]):
        rows = rows.filter(pk__lt=before[0])
    items, following = cut(list(rows[: paging.limit + 1]), paging.limit, lambda row: (row.pk,))
    return {"items": list(items), "next": following}


@router.post("", response={201: Created, **PROBLEMS}, auth=Scope("coupons.edit"))
@decorate_view(idempotent)
def create_coupon(request: HttpRequest, body: CouponIn) -> Status[dict[str, int]]:
    """Make a draft."""
    plan = CouponPlan(**{**body.model_dump(), "currency": body.currency or preferences.currency()})
    try:
        number = services.create_coupon(plan, user=actor(request), now=timezone.now())
    except services.BadRule as bad:
        raise _bad_rule(bad) from None
    return Status(201, {"id": number})


@router.post("/validate", response={200: VerdictOut, **PROBLEMS}, auth=Scope("coupons.redeem"))
def validate(request: HttpRequest, body: BasketIn) -> dict[str, Any]:
    """What these codes take off this basket, line by line, and why others do not. Writes nothing."""
    return _verdict(services.validate(_basket(body), body.codes, held=body.held, now=timezone.now()))


@router.post("/redeem", response={200: ReceiptOut, **PROBLEMS}, auth=Scope("coupons.redeem"))
@decorate_view(idempotent)
def redeem(request: HttpRequest, body: RedeemIn) -> dict[str, Any]:
    """Use the best combination of these codes on an order, once. Refused (409) when none can be used."""
    try:
        receipt = services.redeem(
            _basket(body),
            body.codes,
            order_number=body.order_number,
            key=body.key,
            expect=body.expect,
            held=body.held,
            user=actor(request),
            now=timezone.now(),
        )
    except services.Refused as refused:
        errors = [
            FieldProblem(where=f"codes.{one.code}", message=f"{one.reason.code}: {one.reason.message}")
            for one in refused.not_used
        ]
        raise ApiProblem(409, "no-coupon-holds", str(refused), errors) from None
    except services.NotAsExpected as changed:
        raise ApiProblem(409, "discount-changed", str(changed)) from None
    except services.KeyReused as reused:
        raise ApiProblem(409, "redemption-key-reused", str(reused)) from None
    entries = queries.redemptions(ids=receipt.redemption_ids)
    return {
        "replayed": receipt.replayed,
        "redemptions": [_redemption(one) for one in reversed(entries)],
        "not_used": [_not_used(one) for one in receipt.verdict.not_used] if receipt.verdict else [],
    }


@router.get("/redemptions", response={200: Page[RedemptionOut], **PROBLEMS}, auth=Scope("coupons.view"))
def list_redemptions(request: HttpRequest, filters: Query[LedgerFilter]) -> dict[str, Any]:
    """The ledger, newest first."""
    before = filters.after([int])
    asked = {name: getattr(filters, name) for name in ("coupon_id", "customer_id", "shop_id", "order_number")}
    rows = queries.redemptions(limit=filters.limit + 1, before_id=int(before[0]) if before else None, **asked)
    items, following = cut(rows, filters.limit, lambda one: (one.id,))
    return {"items": [_redemption(one) for one in items], "next": following}


@router.post("/redemptions/{redemption_id}/return", response={200: Returned, **PROBLEMS}, auth=Scope("coupons.redeem"))
@decorate_view(idempotent)
def return_redemption(request: HttpRequest, redemption_id: Id, body: ReturnIn) -> dict[str, bool]:
    """Give a use back: the coupon counts as not used. Again changes nothing."""
    try:
        back = services.give_back([redemption_id], reason=body.reason, user=actor(request), now=timezone.now())
    except services.NoRedemption:
        raise ApiProblem(404, "not-found", "The ledger has no such redemption.") from None
    return {"changed": bool(back)}


@router.get("/held", response={200: list[HeldOut], **PROBLEMS}, auth=Scope("coupons.view"))
def held(request: HttpRequest, customer_id: Annotated[int, Query(gt=0, lt=2**63)]) -> Any:
    """What a customer holds and held, newest first; codes in full for those who may see them."""
    full = "coupons.codes" in request.auth.scopes and actor(request).may("coupons.codes")  # type: ignore[attr-defined]
    return queries.coupons_of(customer_id, now=timezone.now(), limit=200, full_codes=full)


@router.post("/codes/void", response={200: Voided, **PROBLEMS}, auth=Scope("coupons.edit"))
@decorate_view(idempotent)
def void_code(request: HttpRequest, body: CodeIn) -> dict[str, bool]:
    """Make a code worthless that was not used yet."""
    try:
        return {"changed": services.void_code(body.code, user=actor(request), now=timezone.now())}
    except services.NoCoupon:
        raise ApiProblem(404, "not-found", "Nobody knows this code.") from None
    except services.WrongState as problem:
        raise ApiProblem(409, "code-used", str(problem)) from None


@router.get("/{coupon_id}", response={200: CouponOut, **PROBLEMS}, auth=Scope("coupons.view"))
def one_coupon(request: HttpRequest, coupon_id: Id) -> Any:
    return _coupon(coupon_id)


@router.post("/{coupon_id}/state", response={200: CouponOut, **PROBLEMS}, auth=Scope("coupons.edit"))
@decorate_view(idempotent)
def set_state(request: HttpRequest, coupon_id: Id, body: StateIn) -> Any:
    """Put a coupon in use, pause it, or archive it for good."""
    _coupon(coupon_id)
    try:
        services.set_state(coupon_id, body.state, user=actor(request), now=timezone.now())
    except services.WrongState as problem:
        raise ApiProblem(409, "wrong-state", str(problem)) from None
    return _coupon(coupon_id)


@router.post("/{coupon_id}/codes", response={202: Started, **PROBLEMS}, auth=Scope("coupons.edit"))
@decorate_view(idempotent)
def make_codes(request: HttpRequest, coupon_id: Id, body: CodesIn) -> Status[dict[str, int]]:
    """Make codes of their own, by a job; list or export them when it is done."""
    _coupon(coupon_id)
    try:
        job_id = services.start_codes(coupon_id, body.count, user=actor(request), now=timezone.now())
    except services.WrongState as problem:
        raise ApiProblem(409, "wrong-state", str(problem)) from None
    return Status(202, {"job_id": job_id})


@router.get("/{coupon_id}/codes", response={200: Page[CodeOut], **PROBLEMS}, auth=Scope("coupons.codes"))
def list_codes(request: HttpRequest, coupon_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """Codes of a coupon in full, in the order in which they were made."""
    _coupon(coupon_id)
    rows = IssuedCoupon.objects.filter(coupon_id=coupon_id, code__isnull=False).order_by("pk")
    if after := paging.after([int]):
        rows = rows.filter(pk__gt=after[0])
    items, following = cut(list(rows[: paging.limit + 1]), paging.limit, lambda row: (row.pk,))
    names = [name for name in CodeOut.model_fields if name != "code"]
    shown = [
        {**{name: getattr(row, name) for name in names}, "code": coupon_codes.pretty(row.code or "")} for row in items
    ]
    return {"items": shown, "next": following}


@router.post("/{coupon_id}/issue", response={200: IssuedOut, **PROBLEMS}, auth=Scope("coupons.edit"))
@decorate_view(idempotent)
def issue(request: HttpRequest, coupon_id: Id, body: IssueIn) -> Any:
    """Give a coupon to up to 1,000 customers; those who hold or held it get no second."""
    _coupon(coupon_id)
    try:
        return services.issue(coupon_id, body.customer_ids, now=timezone.now())
    except services.WrongState as problem:
        raise ApiProblem(409, "wrong-state", str(problem)) from None


@router.get("/{coupon_id}/results", response={200: ResultsOut, **PROBLEMS}, auth=Scope("coupons.view"))
def coupon_results(request: HttpRequest, coupon_id: Id) -> Any:
    """What came of a coupon."""
    _coupon(coupon_id)
    return results.results(coupon_id, now=timezone.now())


def _coupon(coupon_id: int) -> Coupon:
    coupon = Coupon.objects.filter(pk=coupon_id).first()
    if coupon is None:
        raise ApiProblem(404, "not-found", "There is no such coupon.")
    return coupon


def _basket(body: BasketIn) -> Basket:
    """Raises ApiProblem 422 for a customer or shop that nobody knows."""
    unknown = []
    number = body.customer_id and customers.present([body.customer_id]).get(body.customer_id)
    if body.customer_id is not None and not number:
        unknown.append(FieldProblem(where="body.customer_id", message="no such customer"))
    if body.shop_id is not None and body.shop_id not in {shop.id for shop in commerce.shops()}:
        unknown.append(FieldProblem(where="body.shop_id", message="no such shop"))
    if unknown:
        raise ApiProblem(422, "not-valid", "A value is not acceptable.", unknown)
    return Basket(
        currency=body.currency,
        lines=tuple(BasketLine(**line.model_dump()) for line in body.lines),
        shipping=body.shipping,
        shop_id=body.shop_id,
        customer_id=number,
    )


def _verdict(verdict: Verdict) -> dict[str, Any]:
    lines = verdict.basket.lines
    return {
        "discount": verdict.discount,
        "shipping_discount": verdict.shipping_discount,
        "to_pay": verdict.to_pay,
        "lines": [{"key": line.key, "discount": off} for line, off in zip(lines, verdict.line_discounts, strict=True)],
        "gifts": verdict.gifts,
        "cash_back": verdict.cash_back,
        "used": [
            {
                "coupon_id": one.offer.coupon_id,
                "name": one.offer.name,
                "code": one.offer.code,
                "discount": one.effect.discount,
                "shipping_discount": one.effect.shipping,
                "lines": [{"key": lines[place].key, "discount": off} for place, off in one.effect.lines.items()],
                "gifts": one.effect.gifts,
                "cash_back": one.effect.cash_back,
            }
            for one in verdict.used
        ],
        "not_used": [_not_used(one) for one in verdict.not_used],
    }


def _not_used(one: Any) -> dict[str, str]:
    return {"code": one.code, "name": one.name, "reason": one.reason.code, "message": str(one.reason.message)}


def _redemption(one: Any) -> dict[str, Any]:
    names = [name for name in RedemptionOut.model_fields if name != "lines"]
    lines = [{"key": key, "discount": amount} for key, amount in one.lines]
    return {**{name: getattr(one, name) for name in names}, "lines": lines}


def _bad_rule(bad: services.BadRule) -> ApiProblem:
    errors = [FieldProblem(where=f"body.{name}", message=message) for name, message in bad.problems.items()]
    return ApiProblem(422, "not-valid", "The coupon cannot be made like this.", errors)
