"""What came of a coupon: who was given it, who used it, what was taken off, and what three groups of customers bought.

The groups chose themselves: whoever uses a coupon meant to buy, often enough without it. So their numbers stand side
by side and say nothing about cause; for that a campaign holds a control group back by chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q, Sum

from guanxi.core.money import Minor
from guanxi.loyalty.coupons.problems import NoCoupon
from guanxi.loyalty.models.coupons import Coupon, CouponRedemption, IssuedCoupon
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.queries import NoSnapshot

if TYPE_CHECKING:
    import ibis

USED, GIVEN, WITHOUT = "used", "given", "without"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Customers and what they bought in the period. Money in the merchant's currency, net of refunds."""

    name: str
    """USED, GIVEN or WITHOUT."""
    customers: int
    buyers: int
    """Those with an order that counts, placed in the period."""
    orders: int
    revenue: Minor

    @property
    def revenue_per_customer(self) -> Minor | None:
        return round(self.revenue / self.customers) if self.customers else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Counts of this moment; groups and revenue as of the last refresh of the warehouse."""

    issued: int
    """Pieces given to customers."""
    codes: int
    """Codes of its own that were made."""
    void: int
    uses: int
    """Less those given back."""
    returned: int
    discount: Minor
    """Off goods and shipping, in the coupon's currency, less what was given back."""
    issued_and_used: int
    """Pieces given to customers that are used now."""
    begin: datetime
    """The first piece given or used, else when the coupon was made."""
    end: datetime
    """When the coupon ended, or now."""
    groups: tuple[Group, ...]
    """Empty while the warehouse is."""
    order_revenue: Minor
    """Of the orders it was used on, as far as they are recorded; in the merchant's currency, net of refunds."""
    orders_found: int
    refreshed_at: datetime | None

    @property
    def use_rate(self) -> float | None:
        """Of the pieces given to customers."""
        return self.issued_and_used / self.issued if self.issued else None


def results(coupon_id: int, *, now: datetime) -> Results:
    """What came of one coupon until now. Raises NoCoupon."""
    coupon = Coupon.objects.filter(pk=coupon_id).first()
    if coupon is None:
        raise NoCoupon(coupon_id)
    ledger = CouponRedemption.objects.filter(coupon_id=coupon_id).aggregate(
        discount=Sum("discount"), shipping=Sum("shipping_discount"), back=Count("pk", Q(uses=-1)), first=Min("at")
    )
    pieces = IssuedCoupon.objects.filter(coupon_id=coupon_id)
    held = pieces.filter(customer_id__isnull=False).aggregate(first=Min("issued_at"), used=Count("used_at"))
    begin = min(filter(None, (ledger["first"], held["first"])), default=coupon.created_at)
    end = min(coupon.valid_until, now) if coupon.valid_until else now
    found = _from_warehouse(coupon_id, begin, end)
    return Results(
        issued=coupon.issued,
        codes=coupon.codes,
        void=pieces.filter(voided_at__isnull=False).count(),
        uses=coupon.uses,
        returned=ledger["back"],
        discount=(ledger["discount"] or 0) + (ledger["shipping"] or 0),
        issued_and_used=held["used"],
        begin=begin,
        end=end,
        **found,
    )


def _from_warehouse(coupon_id: int, begin: datetime, end: datetime) -> dict[str, Any]:
    try:
        snapshot = warehouse.snapshot()
        tables = snapshot.tables
        groups = {row["name"]: row for row in snapshot.execute(_groups(tables, coupon_id, begin, end)).to_pylist()}
        (orders,) = snapshot.execute(_orders(tables, coupon_id)).to_pylist()
    except (NoSnapshot, KeyError):  # empty, or of a version before coupons
        return {"groups": (), "order_revenue": 0, "orders_found": 0, "refreshed_at": None}
    nothing = {"customers": 0, "buyers": 0, "orders": 0, "revenue": 0}
    return {
        "groups": tuple(Group(**{**nothing, "name": name, **groups.get(name, {})}) for name in (USED, GIVEN, WITHOUT)),
        "order_revenue": orders["revenue"] or 0,
        "orders_found": orders["orders"],
        "refreshed_at": snapshot.refreshed_at,
    }


def _groups(tables: Mapping[str, "ibis.Table"], coupon_id: int, begin: datetime, end: datetime) -> "ibis.Table":
    """Every customer in one of three groups, with what they bought in the period."""
    import ibis

    uses, issued, orders = tables["coupon_redemptions"], tables["coupons_issued"], tables["orders"]
    uses = uses.filter(uses.coupon_id == coupon_id, uses.customer_id.notnull())
    net = uses.group_by("customer_id").aggregate(n=uses.uses.sum())
    used = net.filter(net.n > 0)
    given = issued.filter(issued.coupon_id == coupon_id)
    facts = tables["customer_facts"]
    everyone = facts.filter(~facts.erased)
    people = everyone.select(
        customer_id=everyone.customer_id,
        name=ibis.cases(
            (everyone.customer_id.isin(used.customer_id), USED),
            (everyone.customer_id.isin(given.customer_id), GIVEN),
            else_=WITHOUT,
        ),
    )
    wanted = orders.filter(
        orders.counted | (orders.kind == "credit_note"), orders.placed_at >= begin, orders.placed_at < end
    )
    bought = wanted.group_by("customer_id").aggregate(
        orders=wanted.count(where=wanted.counted), revenue=wanted.net_value.sum()
    )
    both = people.left_join(bought, "customer_id")
    return both.group_by("name").aggregate(
        customers=both.count(),
        buyers=both.count(where=both.orders > 0),
        orders=both.orders.sum().coalesce(0),
        revenue=both.revenue.sum().coalesce(0),
    )


def _orders(tables: Mapping[str, "ibis.Table"], coupon_id: int) -> "ibis.Table":
    """The orders on which the coupon is used, each once."""
    uses, orders = tables["coupon_redemptions"], tables["orders"]
    uses = uses.filter(uses.coupon_id == coupon_id, uses.order_number != "")
    net = uses.group_by(["shop_id", "order_number"]).aggregate(n=uses.uses.sum())
    net = net.filter(net.n > 0)
    found = orders.inner_join(net, [orders.shop_id == net.shop_id, orders.external_id == net.order_number])
    return found.aggregate(orders=found.count(), revenue=found.net_value.sum())
