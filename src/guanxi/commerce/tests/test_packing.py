"""Prepared orders pass between processes as they are."""

from datetime import timedelta, timezone

from guanxi.commerce import incoming, packing
from guanxi.commerce.incoming import Prepared
from guanxi.commerce.testing import PLACED, lines, order
from guanxi.commerce.types import IncomingOrder, IncomingOrderLines, IncomingRefund, IncomingShipment
from guanxi.customers.testing import profile


def prepared(*orders: IncomingOrder | IncomingOrderLines) -> list[packing.Ready]:
    return incoming.prepare(orders, incoming.Place(7, "CN"))


def test_packed_and_unpacked_orders_are_the_same() -> None:
    buyer = profile(
        phone="13900010001",
        account="buyer one",
        name="王安",
        tags=("vip",),
        consented=True,
        seen_at=PLACED,
        city="杭州",
    )
    ready = prepared(
        order(1, buyer=buyer, source_updated_at=PLACED + timedelta(microseconds=1)),
        order(2, lines=(), source_rows=[3, 4], refunds=(IncomingRefund(amount=1, refunded_at=PLACED),)),
        order(3, shipments=(IncomingShipment(tracking_number="S\t1"),)),
        IncomingOrderLines(external_id="N4", lines=lines(2), source_rows=(5, 6)),
        order(5, total=-1),
    )
    unpacked = packing.unpack(packing.pack(ready))
    first = ready[0]
    assert isinstance(first, Prepared)
    assert first.buyer is not None
    ready[0] = first._replace(buyer=first.buyer._replace(fingerprint=""))  # in the digest by now, and not sent along
    assert unpacked == ready
    assert [type(item) for item in unpacked] == [type(item) for item in ready]


def test_a_time_with_another_offset_is_the_same_order() -> None:
    in_shanghai = PLACED.astimezone(timezone(timedelta(hours=8)))
    first, second = prepared(order(1, placed_at=PLACED), order(1, placed_at=in_shanghai))
    assert first == second
