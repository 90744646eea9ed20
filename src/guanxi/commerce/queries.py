"""What other rooms and pages may know of shops, orders and imports."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.commerce.models import Order, OrderImport, Product, Shop
from guanxi.commerce.types import COUNTED_STATUSES, OrderKind, OrderStatus
from guanxi.commerce.values import COUNTED, NET, RATES
from guanxi.core import bulk, preferences
from guanxi.core.models import ExchangeRate
from guanxi.core.money import Minor, minor_digits

STATUS_LABELS: dict[str, Promise] = {
    OrderStatus.UNPAID: _("Unpaid"),
    OrderStatus.PAID: _("Paid"),
    OrderStatus.SHIPPED: _("Shipped"),
    OrderStatus.COMPLETED: _("Completed"),
    OrderStatus.CANCELLED: _("Cancelled"),
    OrderStatus.REFUNDED: _("Refunded"),
}


@dataclass(frozen=True, slots=True)
class ShopCard:
    id: int
    name: str
    connector: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCard:
    """An order as lists show it."""

    id: int
    external_id: str
    shop_name: str
    kind: str
    status: str
    status_label: Promise | str
    currency: str
    total: Minor
    refunded_total: Minor
    placed_at: datetime
    customer_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What one customer's orders add up to this moment; money in the merchant's currency."""

    all_orders: int
    orders: int
    """Sales that count: paid, above zero."""
    revenue: Minor
    """Of sales that count, less what went back, credit notes included."""
    average: Minor | None
    """What a sale that counts came to before refunds."""
    first_order_at: datetime | None
    last_order_at: datetime | None
    without_rate: int
    """Orders in currencies without an exchange rate; left out of the money."""


def shops() -> list[ShopCard]:
    return [ShopCard(shop.pk, shop.name, shop.connector, shop.currency) for shop in Shop.objects.order_by("name")]


def orders_exist() -> bool:
    return Order.objects.exists()


def recent_imports(*, limit: int) -> Sequence[OrderImport]:
    """Newest first."""
    return list(OrderImport.objects.select_related("shop").order_by("-created_at")[:limit])


def orders_of(customer_id: int, *, limit: int) -> list[OrderCard]:
    """A customer's orders, newest first."""
    rows = Order.objects.filter(customer_id=customer_id).select_related("shop").order_by("-placed_at", "-pk")
    return [_card(row) for row in rows[:limit]]


def orders_numbered(number: str, *, limit: int) -> list[OrderCard]:
    """Orders of any shop that go by this number, in capitals or not, with or without Shopify's ``#``."""
    rows = Order.objects.filter(number_is(number)).select_related("shop").order_by("-placed_at", "-pk")
    return [_card(row) for row in rows[:limit]]


def order_numbers(order_ids: Collection[int]) -> dict[int, str]:
    """What the shops call these orders."""
    return dict(Order.objects.filter(pk__in=order_ids).values_list("pk", "external_id"))


def products_named(name: str, *, shop_id: int | None = None) -> list[int]:
    """Products that go by this code, or else by this title, in one shop or in all; two where there are several."""
    rows = Product.objects.filter(**({} if shop_id is None else {"shop_id": shop_id}))
    for field in ("sku", "title"):
        if found := list(rows.filter(**{field: name}).order_by("pk").values_list("pk", flat=True)[:2]):
            return found
    return []


def product_titles(product_ids: Collection[int]) -> dict[int, str]:
    return dict(Product.objects.filter(pk__in=product_ids).values_list("pk", "title"))


def number_is(number: str) -> Q:
    """A condition on orders that the index of order numbers answers, however many orders there are."""
    number = number.strip().lstrip("#")[:100]
    forms = {form for one in (number, number.upper(), number.lower()) for form in (one, f"#{one}")}
    return Q(shop_id__in=Shop.objects.values_list("pk", flat=True), external_id__in=sorted(forms))


def status_label(row: Order) -> Promise | str:
    return _("Credit note") if row.kind == OrderKind.CREDIT_NOTE else STATUS_LABELS[row.status]


def _card(row: Order) -> OrderCard:
    return OrderCard(
        id=row.pk,
        external_id=row.external_id,
        shop_name=row.shop.name,
        kind=row.kind,
        status=row.status,
        status_label=status_label(row),
        currency=row.currency,
        total=row.total,
        refunded_total=row.refunded_total,
        placed_at=row.placed_at,
        customer_id=row.customer_id,
    )


def totals_of(customer_id: int) -> Totals:
    """Straight from PostgreSQL, so that it holds this second; the warehouse follows within a minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT currency, count(*), count(*) FILTER (WHERE counted),"
            " coalesce(sum(total) FILTER (WHERE counted), 0),"
            " coalesce(sum(CASE WHEN counted THEN total - refunded_total"
            "   WHEN kind = 'credit_note' THEN -refunded_total ELSE 0 END), 0)::bigint,"
            " min(placed_at) FILTER (WHERE counted), max(placed_at) FILTER (WHERE counted)"
            " FROM (SELECT *, kind = 'sale' AND status = ANY(%s) AND total > 0 AS counted"
            "   FROM commerce_order WHERE customer_id = %s) o GROUP BY currency",
            [[status.value for status in COUNTED_STATUSES], customer_id],
        )
        rows = cursor.fetchall()
    rates = rates_to_merchant()
    priced = [(row, rates[row[0]]) for row in rows if row[0] in rates]
    gross = sum(round(row[3] * rate) for row, rate in priced)
    sales = sum(row[2] for row, _rate in priced)
    return Totals(
        all_orders=sum(row[1] for row in rows),
        orders=sum(row[2] for row in rows),
        revenue=sum(round(row[4] * rate) for row, rate in priced),
        average=round(gross / sales) if sales else None,
        first_order_at=min((row[5] for row in rows if row[5]), default=None),
        last_order_at=max((row[6] for row in rows if row[6]), default=None),
        without_rate=sum(row[1] for row in rows if row[0] not in rates),
    )


def rates_to_merchant() -> dict[str, Decimal]:
    """What one minor unit of each currency is worth in minor units of the merchant's."""
    own = preferences.currency()
    rates = {own: Decimal(1)}
    for currency, rate in ExchangeRate.objects.values_list("currency", "rate"):
        rates.setdefault(currency, rate.scaleb(minor_digits(own) - minor_digits(currency)))
    return rates


def spend_sql(*, one_shop: bool = False, some_customers: bool = False) -> str:
    """A SELECT of what each customer bought in a window, for other rooms to join in sets.

    Columns: ``customer_id``; ``orders``, sales that count; ``spend``, what is left of them less credit notes, in minor
    units of the merchant's currency; ``first_at``, the first sale that counts. Customers without orders in the window
    have no row. A refund lowers the window its order was placed in, as in the warehouse; orders in a currency without a
    rate count but bring no money. Parameters: ``since`` and ``until`` (aware; the end is not part of it), ``shop_id``
    when ``one_shop``, ``customer_ids`` when ``some_customers``.
    """
    among = " AND o.customer_id = ANY(%(customer_ids)s::bigint[])" if some_customers else ""
    among += " AND o.shop_id = %(shop_id)s" if one_shop else ""
    return (
        f"WITH {RATES} SELECT o.customer_id, count(*) FILTER (WHERE {COUNTED}) AS orders,"
        f" coalesce(sum({NET}), 0)::bigint AS spend, min(o.placed_at) FILTER (WHERE {COUNTED}) AS first_at"
        " FROM commerce_order o LEFT JOIN rates r ON r.currency = o.currency"
        " WHERE o.customer_id IS NOT NULL AND o.placed_at >= %(since)s AND o.placed_at < %(until)s"
        f"{among} GROUP BY o.customer_id"
    )


@dataclass(frozen=True, slots=True)
class Spend:
    """What one customer bought in a window; ``amount`` in minor units of the merchant's currency, net of refunds."""

    orders: int
    amount: int


def spend_since(customer_ids: Sequence[int], *, since: datetime, now: datetime) -> dict[int, Spend]:
    """What each of these customers bought since a moment, straight from PostgreSQL; those who bought nothing left out.

    See `spend_sql`.
    """
    values: dict[str, Any] = {"customer_ids": bulk.numbers(customer_ids), "since": since, "until": now}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT customer_id, orders, spend FROM ({spend_sql(some_customers=True)}) b", values)
        return {customer: Spend(orders, amount) for customer, orders, amount in cursor.fetchall() if orders}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFate:
    """What became of an order, by what the shop calls it."""

    shop_id: int
    number: str
    status: str
    refunded: bool
    """Something of it went back."""
    ended: bool
    """All of it was cancelled or paid back."""


def has_ordered(customer_id: int) -> bool:
    """Whether a customer has an order that counts, or one that waits to be paid."""
    wanted = (*COUNTED_STATUSES, OrderStatus.UNPAID)
    return Order.objects.filter(customer_id=customer_id, kind=OrderKind.SALE, status__in=wanted).exists()


def fates_of(order_ids: Sequence[int]) -> list[OrderFate]:
    """What became of these orders."""
    rows = Order.objects.filter(pk__in=list(order_ids), kind=OrderKind.SALE)
    found = rows.values_list("shop_id", "external_id", "status", "refunded_total", "total")
    ends = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)
    return [
        OrderFate(
            shop_id=shop_id,
            number=number,
            status=status,
            refunded=refunded > 0 or status == OrderStatus.REFUNDED,
            ended=status in ends or (refunded >= total > 0),
        )
        for shop_id, number, status, refunded, total in found
    ]
