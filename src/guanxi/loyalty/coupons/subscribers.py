"""Giving coupons back when the order they were used on is cancelled or refunded."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.commerce import queries as commerce
from guanxi.commerce.queries import OrderFate
from guanxi.core import bulk, events
from guanxi.core.events import StoredEvent
from guanxi.customers.following import follow
from guanxi.loyalty.coupons import redeeming

follow("loyalty_issuedcoupon", label=gettext_lazy("Coupons"), keeps_origin=True)
follow("loyalty_couponredemption", keeps_origin=True)

USED_ON = """
SELECT r.id FROM unnest(%s::bigint[], %s::text[], %s::boolean[]) o (shop_id, number, ended)
JOIN loyalty_couponredemption r ON r.shop_id = o.shop_id AND r.order_number = o.number AND r.uses = 1
JOIN loyalty_coupon c ON c.id = r.coupon_id
WHERE (c.give_back = 'any' OR (c.give_back = 'full' AND o.ended))
  AND NOT EXISTS (SELECT FROM loyalty_couponredemption b WHERE b.reverses_id = r.id)
"""


@events.reader("coupons.give_back", kinds=["order.refunded", "order.cancelled"])
def give_back_on_refund(batch: Sequence[StoredEvent], now: datetime) -> None:
    """Give back what was used on these orders, as each coupon says."""
    order_ids = sorted({event.subject_id for event in batch if event.subject_id is not None})
    give_back_of(commerce.fates_of(order_ids), now=now)


def give_back_of(fates: Sequence[OrderFate], *, now: datetime) -> list[int]:
    """Give back the uses on orders that were cancelled or refunded. Gives their numbers in the ledger."""
    orders = [fate for fate in fates if fate.refunded or fate.ended]
    if not orders:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            USED_ON,
            [
                bulk.numbers(fate.shop_id for fate in orders),
                bulk.texts(fate.number for fate in orders),
                bulk.array("true" if fate.ended else "false" for fate in orders),
            ],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return redeeming.give_back(ids, reason=_("The order was cancelled or refunded."), now=now)
