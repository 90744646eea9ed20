"""The list of orders, and one order with everything known of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.commerce import queries
from guanxi.commerce.models import Order, OrderImport, OrderLine
from guanxi.commerce.types import OrderKind
from guanxi.core.money import to_decimal
from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.customers import queries as customers

BUYER = (("yes", _("With a customer")), ("no", _("Without a customer")))
COLOURS = {
    "unpaid": "yellow",
    "paid": "blue",
    "shipped": "azure",
    "completed": "green",
    "cancelled": "secondary",
    "refunded": "orange",
}


def _shops() -> Iterable[tuple[str, str]]:
    return [(str(shop.id), shop.name) for shop in queries.shops()]


def _currencies() -> Iterable[tuple[str, str]]:
    """Of the shops, which is where almost all orders' currencies come from; asking the orders would read them all."""
    return [(code, code) for code in sorted({shop.currency for shop in queries.shops()})]


def _with_customer(rows: QuerySet[Order], wanted: list[str]) -> QuerySet[Order]:
    return rows if len(wanted) == len(BUYER) else rows.filter(customer_id__isnull=wanted == ["no"])


def _by_number(rows: QuerySet[Order], text: str) -> QuerySet[Order]:
    return rows.filter(queries.number_is(text))


def _status(row: Order) -> str:
    return str(queries.status_label(row))


ORDERS = tables.Table(
    name="orders",
    columns=[
        tables.Column(
            key="number",
            label=_("Order"),
            cell="external_id",
            link=lambda row: reverse("commerce:order", args=[row.pk]),
        ),
        tables.Column(key="placed", label=_("Placed"), cell="placed_at", sort="placed_at"),
        tables.Column(key="shop", label=_("Shop"), cell="shop.name"),
        tables.Column(key="customer", label=_("Customer"), template="commerce/cells/customer.html", cell="customer_id"),
        tables.Column(key="status", label=_("State"), template="commerce/cells/status.html", cell=_status),
        tables.Column(
            key="total",
            label=_("Total"),
            align="end",
            template="commerce/cells/total.html",
            csv=lambda row: to_decimal(row.total, row.currency),
        ),
        tables.Column(
            key="refunded",
            label=_("Refunded"),
            align="end",
            cell="refunded_total",
            template="commerce/cells/refunded.html",
            csv=lambda row: to_decimal(row.refunded_total, row.currency),
        ),
        tables.Column(key="currency", label=_("Currency"), shown=False),
        tables.Column(key="lines", label=_("Lines"), cell="line_count", align="end", shown=False),
        tables.Column(key="region", label=_("Region"), shown=False),
        tables.Column(key="paid", label=_("Paid"), cell="paid_at", shown=False),
    ],
    filters=[
        tables.ChoiceFilter(key="shop", label=_("Shop"), field="shop_id", choices=_shops),
        tables.ChoiceFilter(key="status", label=_("State"), choices=list(queries.STATUS_LABELS.items())),
        tables.DateFilter(key="placed", label=_("Placed"), field="placed_at"),
        tables.NumberFilter(key="total", label=_("Total"), scale=100),
        tables.ChoiceFilter(key="currency", label=_("Currency"), choices=_currencies),
        tables.ChoiceFilter(key="buyer", label=_("Customer"), choices=BUYER, apply=_with_customer),
    ],
    search=_by_number,
    search_label=_("Order number"),
    default_sort="-placed",
    export_permission="commerce.export",
    keep=["customer", "import"],
    empty=tables.Empty(
        title=_("No orders yet"),
        text=_("Orders come in with the export files of your shops."),
        icon="shopping-bag",
        action_label=_("Import orders"),
        action_url_name="commerce:import",
        action_permission="commerce.import",
    ),
)


class OrderSource(tables.QuerySetSource):
    """Orders with the masked names of their customers, asked for once a page. The CSV has the customer's number."""

    def __init__(self, rows: QuerySet[Order], *, names: bool) -> None:
        super().__init__(rows, filters=ORDERS.filters, search=_by_number)
        self.names = names

    def page(self, query: tables.Query, *, offset: int, limit: int) -> list[Any]:
        rows = super().page(query, offset=offset, limit=limit)
        wanted = sorted({row.customer_id for row in rows if row.customer_id})
        cards = {card.id: card for card in customers.profiles(wanted)} if wanted and self.names else {}
        for row in rows:
            row.buyer = cards.get(row.customer_id)
        return rows


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@requires("commerce.view")
def order_list(request: HttpRequest) -> HttpResponseBase:
    """Orders, newest first; ``?customer=ID`` for those of one customer, ``?import=ID`` for those of one file."""
    rows = Order.objects.select_related("shop").defer("discount_codes", "content_digest", "lines_digest")
    may_see = actor(request).may("customers.view")
    context: dict[str, Any] = {"customer_id": _number(request.GET.get("customer", ""))}
    if context["customer_id"] is not None:
        rows = rows.filter(customer_id=context["customer_id"])
        context["customer"] = next(iter(customers.profiles([context["customer_id"]]) if may_see else ()), None)
    if (import_id := _number(request.GET.get("import", ""))) is not None:
        context["order_import"] = one = get_object_or_404(OrderImport, pk=import_id)
        rows = rows.filter(shop_id=one.shop_id, import_id=one.pk)
    return tables.respond(
        request, ORDERS, OrderSource(rows, names=may_see), template="commerce/orders.html", context=context
    )


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened in the life of an order."""

    label: Promise | str
    at: datetime
    colour: str


def history(order: Order, refunds: Sequence[Any], shipments: Sequence[Any]) -> list[Step]:
    """What the sources said happened, in order of time; at the same moment, in the order it goes by."""
    told = [
        (_("Placed"), order.placed_at, "secondary"),
        (_("Paid"), order.paid_at, "blue"),
        (_("Shipped"), order.shipped_at, "azure"),
        *((_("Delivered"), shipment.delivered_at, "teal") for shipment in shipments),
        (_("Completed"), order.completed_at, "green"),
        (_("Cancelled"), order.cancelled_at, "secondary"),
        *((_("Refunded"), refund.refunded_at, "orange") for refund in refunds),
    ]
    return sorted([Step(label, at, colour) for label, at, colour in told if at], key=lambda step: step.at)


@requires("commerce.view")
def order_page(request: HttpRequest, order_id: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.select_related("shop"), pk=order_id)
    may_see = actor(request).may("customers.view")
    cards = customers.profiles([order.customer_id]) if order.customer_id and may_see else []
    refunds, shipments = list(order.refunds.order_by("number")), list(order.shipments.order_by("number"))
    context = {
        "order": order,
        "status": _status(order),
        "colour": COLOURS[order.status],
        "credit_note": order.kind == OrderKind.CREDIT_NOTE,
        "lines": OrderLine.objects.filter(order=order).select_related("product").order_by("number"),
        "payments": order.payments.order_by("number"),
        "refunds": refunds,
        "shipments": shipments,
        "history": history(order, refunds, shipments),
        "customer": next(iter(cards), None),
        "reason": customers.explain(order.matched_by) if order.matched_by else "",
        "order_import": OrderImport.objects.filter(pk=order.import_id).first() if order.import_id else None,
    }
    return render(request, "commerce/order.html", context)
