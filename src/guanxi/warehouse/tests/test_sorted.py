"""Rows that were asked for in an order come in it, however many there are and however many threads sort them."""

import random

from guanxi.warehouse.testing import given


def test_many_rows_come_in_the_order_asked_for() -> None:
    rng = random.Random(3)
    rows = [{"order_id": n, "customer_id": rng.randrange(900), "total": rng.randrange(900)} for n in range(20_000)]
    with given({"orders": rows}) as snapshot:
        orders = snapshot.tables["orders"]
        asked = orders.select("customer_id", "total").distinct().order_by("customer_id", orders.total.desc())
        pairs = {(row["customer_id"], row["total"]) for row in rows}
        for _ in range(5):
            found = [tuple(row.values()) for row in snapshot.execute(asked).to_pylist()]
            assert found == sorted(pairs, key=lambda pair: (pair[0], -pair[1]))
