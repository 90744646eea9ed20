"""What the warehouse copies of coupons: who was given which, and every use. Codes stay out of it."""

from typing import TYPE_CHECKING

from guanxi.warehouse.specs import FactSpec, Tables, TableSpec, export

if TYPE_CHECKING:
    import ibis


def coupon_facts(tables: Tables) -> "ibis.Table":
    """Coupons a customer was given, those not used and not void, and uses less those given back."""
    import ibis

    issued, used = tables["coupons_issued"], tables["coupon_redemptions"]
    given = issued.select(
        customer_id=issued.customer_id,
        given=ibis.literal(1, "int64"),
        held=ibis.ifelse(~issued.used & ~issued.void, 1, 0).cast("int64"),
        uses=ibis.literal(0, "int64"),
    )
    uses = used.filter(used.customer_id.notnull()).select(
        customer_id=used.customer_id, given=ibis.literal(0, "int64"), held=ibis.literal(0, "int64"), uses=used.uses
    )
    both = ibis.union(given, uses)
    return both.group_by("customer_id").aggregate(
        coupons_given=both.given.sum(), coupons_held=both.held.sum(), coupons_redeemed=both.uses.sum()
    )


export(
    TableSpec(
        name="coupons_issued",
        select="""
            SELECT id AS issued_id, coupon_id, customer_id, issued_at, expires_at, used_at IS NOT NULL AS used,
                   voided_at IS NOT NULL AS void, changed_xact
            FROM loyalty_issuedcoupon WHERE customer_id IS NOT NULL
        """,
        key="issued_id",
        customer_key="customer_id",
    ),
    TableSpec(
        name="coupon_redemptions",
        select="""
            SELECT id AS redemption_id, coupon_id, customer_id, shop_id, order_number, uses::bigint AS uses,
                   discount + shipping_discount AS discount, currency, at, changed_xact
            FROM loyalty_couponredemption
        """,
        key="redemption_id",
        customer_key="customer_id",
    ),
    FactSpec(
        name="coupons",
        tables=("coupons_issued", "coupon_redemptions"),
        build=coupon_facts,
        defaults={"coupons_given": 0, "coupons_held": 0, "coupons_redeemed": 0},
    ),
)
