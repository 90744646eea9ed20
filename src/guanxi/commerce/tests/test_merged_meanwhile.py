"""An order that is recorded at the moment in which its buyer is merged."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from guanxi.commerce.models import Order, Shop
from guanxi.commerce.testing import NOW, order, record, shop
from guanxi.commerce.types import IncomingOrder
from guanxi.customers import services as customers
from guanxi.customers.services import Pair
from guanxi.customers.types import MergeKind

pytestmark = pytest.mark.django_db(transaction=True)
ONE, TWO = "13812345671", "13812345672"


def record_alone(said: IncomingOrder, home: Shop) -> None:
    """On a connection of its own."""
    try:
        record([said], shop=home)
    finally:
        connection.close()


def wait_for_someone_waiting() -> None:
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return


def test_an_order_that_changes_while_its_buyer_is_merged_goes_along() -> None:
    home = shop()
    record([order(1, phone=ONE), order(2, phone=TWO)], shop=home)
    one, two = Order.objects.order_by("external_id").values_list("customer_id", flat=True)
    assert one and two
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            (done,) = customers.merge([Pair(one, two)], kind=MergeKind.HAND, user=None, now=NOW)
            recording = threads.submit(record_alone, order(2, phone=TWO, total=9_000), home)
            wait_for_someone_waiting()
        recording.result(timeout=60)
    changed = Order.objects.get(external_id="N2")
    assert (changed.total, changed.customer_id, changed.origin_customer_id) == (9_000, one, two)

    customers.undo_merge(done.merge_id, user=None, now=NOW)
    changed.refresh_from_db()
    assert (changed.customer_id, changed.origin_customer_id) == (two, None)
