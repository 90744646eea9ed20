"""Endpoints of shops and orders."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema
from ninja.decorators import decorate_view
from pydantic import AwareDatetime

from guanxi.commerce import services
from guanxi.commerce.models import Order, Shop
from guanxi.commerce.types import (
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
    IncomingRefund,
    IncomingShipment,
    OrderKind,
    OrderStatus,
)
from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.paging import Page, Paging, cut
from guanxi.core.api.problems import PROBLEMS, ApiProblem, FieldProblem
from guanxi.customers.schemas import IdentifierIn
from guanxi.customers.types import IdentifierKind, IncomingIdentifier, IncomingProfile

router = Router(tags=["orders"])

Id = Annotated[int, Path(gt=0, lt=2**63)]
Code = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
Words = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]
Minor = Annotated[int, Field(ge=0, le=10**15, description="in the smallest unit of the currency")]


class ShopOut(Schema):
    id: int
    name: str
    connector: str
    currency: str
    time_zone: str


class LineSchema(Schema):
    title: Words = Field(min_length=1)
    sku: Code = ""
    category: Annotated[str, Field(max_length=80, pattern=r"^[^\x00]*$")] = ""
    quantity: float = Field(1, ge=-1_000_000, le=1_000_000, allow_inf_nan=False)
    unit_price: Minor = 0
    discount: Minor = 0
    total: Minor = 0


class PaymentSchema(Schema):
    amount: Minor
    paid_at: AwareDatetime
    method: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    external_id: Code = ""


class RefundSchema(Schema):
    amount: Minor
    refunded_at: AwareDatetime
    reason: Words = ""
    external_id: Code = ""


class ShipmentSchema(Schema):
    carrier: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    tracking_number: Code = ""
    shipped_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None


class BuyerIn(Schema):
    """Who bought; any of the identifiers finds or makes the customer."""

    name: Words = ""
    phone: Code = ""
    email: Words = ""
    platform_account: Code = ""
    external_id: Code = ""
    identifiers: list[IdentifierIn] = Field([], max_length=20, description="of any other kind")
    country: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    region: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    city: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    address: Words = ""


class OrderIn(Schema):
    """One order, whole: sent again it is brought up to date, never doubled."""

    external_id: Code = Field(min_length=1)
    kind: OrderKind = OrderKind.SALE
    status: OrderStatus
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    total: Minor
    placed_at: AwareDatetime
    paid_at: AwareDatetime | None = None
    shipped_at: AwareDatetime | None = None
    completed_at: AwareDatetime | None = None
    cancelled_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = Field(None, description="when your system last changed it; an older one loses")
    paid_total: Minor = 0
    discount_total: Minor = 0
    shipping_total: Minor = 0
    tax_total: Minor = 0
    discount_codes: list[Annotated[str, Field(max_length=80, pattern=r"^[^\x00]*$")]] = Field([], max_length=20)
    country: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    region: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    lines: list[LineSchema] = Field([], max_length=1000)
    payments: list[PaymentSchema] = Field([], max_length=100)
    refunds: list[RefundSchema] = Field([], max_length=100)
    shipments: list[ShipmentSchema] = Field([], max_length=100)
    buyer: BuyerIn | None = None


class OrdersIn(Schema):
    shop_id: int = Field(gt=0, lt=2**63)
    orders: list[OrderIn] = Field(min_length=1, max_length=1000)


class RejectedOrder(Schema):
    external_id: str
    reason: str


class RecordedOut(Schema):
    orders_created: int
    orders_updated: int
    orders_unchanged: int
    customers_created: int
    customers_matched: int
    rejected: list[RejectedOrder]


class OrderOut(Schema):
    id: int
    shop_id: int
    external_id: str
    customer_id: int | None
    kind: str
    status: str
    currency: str
    total: int
    paid_total: int
    refunded_total: int
    discount_total: int
    shipping_total: int
    tax_total: int
    country: str
    region: str
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None
    updated_at: datetime


class LineOut(Schema):
    number: int
    product_id: int
    title: str
    sku: str
    category: str
    quantity: float
    unit_price: int
    discount: int
    total: int


class OrderDetail(OrderOut):
    lines: list[LineOut]
    payments: list[PaymentSchema]
    refunds: list[RefundSchema]
    shipments: list[ShipmentSchema]


class OrderFilter(Paging):
    shop_id: Annotated[int, Field(gt=0, lt=2**63)] | None = None
    customer_id: Annotated[int, Field(gt=0, lt=2**63)] | None = None
    status: OrderStatus | None = None
    order: Literal["newest"] = "newest"


@router.get("/shops", response={200: list[ShopOut], **PROBLEMS}, auth=Scope("commerce.view"), tags=["shops"])
def list_shops(request: HttpRequest) -> Any:
    """Every shop, by name."""
    return list(Shop.objects.order_by("name"))


@router.get("/orders", response={200: Page[OrderOut], **PROBLEMS}, auth=Scope("commerce.view"))
def list_orders(request: HttpRequest, filters: Query[OrderFilter]) -> dict[str, Any]:
    """Orders in the order in which they were first recorded, newest first."""
    rows = Order.objects.order_by("-pk")
    if before := filters.after([int]):
        rows = rows.filter(pk__lt=before[0])
    given = {"shop_id": filters.shop_id, "customer_id": filters.customer_id, "status": filters.status}
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    items, following = cut(list(rows[: filters.limit + 1]), filters.limit, lambda order: (order.pk,))
    return {"items": list(items), "next": following}


@router.get("/orders/{order_id}", response={200: OrderDetail, **PROBLEMS}, auth=Scope("commerce.view"))
def one_order(request: HttpRequest, order_id: Id) -> dict[str, Any]:
    """One order with its lines, payments, refunds and shipments."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise ApiProblem(404, "not-found", "There is no such order.")
    answer: dict[str, Any] = {name: getattr(order, name) for name in OrderOut.model_fields}
    lines = order.lines.select_related("product").order_by("number")
    named = [
        {**_columns(line, LineOut, leave=PRODUCT_FIELDS), **_columns(line.product, PRODUCT_FIELDS)} for line in lines
    ]
    return {
        **answer,
        "lines": named,
        "payments": list(order.payments.order_by("number")),
        "refunds": list(order.refunds.order_by("number")),
        "shipments": list(order.shipments.order_by("number")),
    }


PRODUCT_FIELDS = ("title", "sku", "category")


def _columns(row: Any, fields: Any, *, leave: tuple[str, ...] = ()) -> dict[str, Any]:
    names = fields if isinstance(fields, tuple) else tuple(fields.model_fields)
    return {name: getattr(row, name) for name in names if name not in leave}


@router.post("/orders", response={200: RecordedOut, **PROBLEMS}, auth=Scope("commerce.import"))
@decorate_view(idempotent)
def record_orders(request: HttpRequest, body: OrdersIn) -> dict[str, Any]:
    """Record up to 1,000 orders of one shop. Those that can't be are in `rejected`, the others go in."""
    if not Shop.objects.filter(pk=body.shop_id).exists():
        raise ApiProblem(
            422, "not-valid", "A value is not acceptable.", [FieldProblem(where="body.shop_id", message="no such shop")]
        )
    result = services.record_orders(
        [_incoming(order) for order in body.orders], shop_id=body.shop_id, source="api", now=timezone.now()
    )
    rejected = [{"external_id": one.external_id, "reason": str(one.reason)} for one in result.rejected]
    names = [name for name in RecordedOut.model_fields if name != "rejected"]
    return {**{name: getattr(result, name) for name in names}, "rejected": rejected}


def _incoming(order: OrderIn) -> IncomingOrder:
    parts: dict[str, Any] = {
        "lines": [IncomingLine(**line.model_dump()) for line in order.lines],
        "payments": [IncomingPayment(**payment.model_dump()) for payment in order.payments],
        "refunds": [IncomingRefund(**refund.model_dump()) for refund in order.refunds],
        "shipments": [IncomingShipment(**shipment.model_dump()) for shipment in order.shipments],
    }
    plain: dict[str, Any] = order.model_dump(exclude={*parts, "buyer", "updated_at"})
    return IncomingOrder(
        **plain, **parts, source_updated_at=order.updated_at, buyer=_buyer(order.buyer, seen_at=order.placed_at)
    )


def _buyer(buyer: BuyerIn | None, *, seen_at: datetime) -> IncomingProfile | None:
    if buyer is None:
        return None
    kinds = ("phone", "email", "platform_account", "external_id")
    given = buyer.model_dump(exclude={"identifiers"})
    named = [IncomingIdentifier(IdentifierKind(kind), given[kind]) for kind in kinds if given[kind]]
    return IncomingProfile(
        identifiers=[*named, *(one.incoming() for one in buyer.identifiers)],
        seen_at=seen_at,
        **{name: value for name, value in given.items() if name not in kinds},
    )
