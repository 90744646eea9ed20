"""How long it takes to take a merge back, against the bare UPDATEs of the same rows.

    python -m bench.merge_undo [--customers N] [--merges N]

Works on the database that GUANXI_HOME or DATABASE_URL names. When that has no customers, it first inserts N made-up
ones with three orders each. Neighbours are merged in pairs, then undone one by one, each in a transaction of its own:
everything that follows a customer, both profiles, the log, the suggestion, the event, the audit entry. By hand, the
orders of as many other customers are given to another and back, and nothing else is.
"""

import statistics
import time

from bench.harness import begin, django_ready, finish, report
from bench.warehouse_refresh import fill

GIVE = "UPDATE commerce_order SET customer_id = %s, origin_customer_id = %s WHERE customer_id = %s"
TAKE = (
    "UPDATE commerce_order SET customer_id = %s, origin_customer_id = NULL"
    " WHERE customer_id = %s AND origin_customer_id = %s"
)


def measure(merges: int) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    from guanxi.customers import services
    from guanxi.customers.models import Customer
    from guanxi.customers.types import MergeKind

    now = timezone.now()
    numbers = list(Customer.objects.filter(merged_into=None).order_by("pk").values_list("pk", flat=True)[: 4 * merges])
    pairs = list(zip(numbers[0::4], numbers[1::4], strict=True))
    others = list(zip(numbers[2::4], numbers[3::4], strict=True))
    by_hand, undone, merged = [], [], []
    for kept, gone in others:
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(GIVE, [kept, gone, gone])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TAKE, [gone, kept, gone])
        by_hand.append((time.perf_counter() - began) / 2)
    for kept, gone in pairs:
        began = time.perf_counter()
        (one,) = services.merge([services.Pair(kept, gone)], kind=MergeKind.HAND, user=None, now=now)
        merged.append((time.perf_counter() - began, one.merge_id))
    for _seconds, merge_id in merged:
        began = time.perf_counter()
        services.undo_merge(merge_id, user=None, now=now)
        undone.append(time.perf_counter() - began)
    hand = statistics.median(by_hand) * 1000
    report("merge: UPDATE of the orders by hand, p50", hand, "ms")
    took = statistics.median(each for each, _id in merged) * 1000
    report("merge of two customers, p50", took, "ms", baseline=hand, of="UPDATE by hand")
    report("undo of a merge, p50", statistics.median(undone) * 1000, "ms", baseline=hand, of="UPDATE by hand")
    worst = statistics.quantiles(undone, n=20)[-1]
    report("undo of a merge, p95", worst * 1000, "ms", goal="200 ms", met=worst < 0.2)


def main() -> None:
    options = begin(__doc__, customers=100_000, merges=100)
    django_ready()
    fill(options.customers)
    measure(options.merges)
    finish(options)


if __name__ == "__main__":
    main()
