"""What the warehouse copies of coupons: who was given which, and every use. Codes stay out of it."""

from typing import TYPE_CHECKING

from guanxi.warehouse.specs import FactSpec, Tables, TableSpec, export

if TYPE_CHECKING:
    import ibis


def coupon_facts(tables: Tables) -> "ibis.Table":
    """Coupons a customer was given, those not used and not void, and uses less those given back."""
    issued, used = tables["coupons_issued"], tables["coupon_redemptions"]
    given = issued.group_by("customer_id").aggregate(
        coupons_given=issued.count(), coupons_held=issued.count(where=~issued.used & ~issued.void)
    )
    used = used.filter(used.customer_id.notnull())
    uses = used.group_by("customer_id").aggregate(coupons_redeemed=used.uses.sum())
    both = given.outer_join(uses, "customer_id")
    return both.select(
        customer_id=both.customer_id.coalesce(both.customer_id_right),
        coupons_given=both.coupons_given.fill_null(0),
        coupons_held=both.coupons_held.fill_null(0),
        coupons_redeemed=both.coupons_redeemed.fill_null(0),
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
