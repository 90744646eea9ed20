"""The pages that people open all day, against the same rows by one SQL statement written by hand.

    python -m bench.pages [--requests 100]

On the database and warehouse that GUANXI_HOME or DATABASE_URL names, which must have customers (`guanxi demo`). A
request goes through Django's test client: all middleware, views and templates, no network. The SQL fetches the sealed
rows and opens nothing. Another customer each time; the first requests, which compile templates, do not count. The
tables are vacuumed first, which the database does by itself in the minutes after so many new rows, on the same cores.
Processor time stands beside the time on the wall: what differs between the two, the machine gave to others.
"""

import random
import statistics
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, NamedTuple

from bench.harness import Clock, begin, django_ready, finish, report

WARM_UP = 5
SLOWEST = 150
"""Milliseconds within which nineteen of twenty requests must be answered."""
CARD = "c.id, c.name, c.phone, c.email, c.region"
LIST = (
    f"SELECT {CARD}, count(o.id), sum(o.total), max(o.placed_at) FROM (SELECT * FROM customers_customer"
    " WHERE erased_at IS NULL ORDER BY id DESC LIMIT 26) c"
    f" LEFT JOIN commerce_order o ON o.customer_id = c.id GROUP BY {CARD} ORDER BY c.id DESC"
)
ONE = (
    "SELECT c.*, o.*, e.* FROM customers_customer c LEFT JOIN commerce_order o ON o.customer_id = c.id"
    " LEFT JOIN core_event e ON e.customer_id = c.id AND e.subject_id = o.id WHERE c.id = %s LIMIT 40"
)
SEARCH = (
    f"SELECT {CARD} FROM customers_customer c JOIN customers_identifier i ON i.customer_id = c.id WHERE i.digest = %s"
)


def main() -> None:
    options = begin(__doc__, customers=100_000, requests=100)
    django_ready()
    from django.db import connection
    from django.test import Client

    from guanxi.core.crypto import keyring
    from guanxi.core.testing import signed_in
    from guanxi.customers.models import Identifier

    client = Client(headers={"host": "127.0.0.1"})
    person = signed_in(client)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
    drawn = _draw(Identifier, options.requests + WARM_UP)

    def hand(statement: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            cursor.fetchall()

    def page(path: str) -> None:
        assert client.get(path).status_code == 200, path

    def search(one: Identifier) -> None:
        response = client.post("/customers/", {"_search": one.value}, follow=True)
        assert f"/customers/{one.customer_id}/" in response.content.decode()

    digest = keyring().hex_hash
    of_page = [(lambda one: page(f"/customers/{one.customer_id}/")), (lambda one: hand(ONE, one.customer_id))]
    of_search = [search, (lambda one: hand(SEARCH, digest(one.value, "identifier.phone.0")))]
    further = count(2)
    tell("customer list", drawn, lambda one: page("/customers/"), lambda one: hand(LIST))
    tell(
        "customer list, another page",
        drawn,
        lambda one: page(f"/customers/?page={next(further)}"),
        lambda one: hand(LIST),
    )
    tell("Customer page", drawn, *of_page)
    tell("search by phone, form and answer", drawn, *of_search)
    person.delete()  # or the next run finds the same address taken
    finish(options)


def _draw(model: Any, wanted: int) -> list[Any]:
    """Phones of customers from everywhere in the table."""
    last = model.objects.order_by("-id").values_list("id", flat=True)[0]
    draw, found = random.Random(1), []
    while len(found) < wanted:
        found += model.objects.filter(kind="phone", id__gte=draw.randrange(last)).order_by("id")[:1]
    return found


def tell(name: str, drawn: Sequence[Any], ours: Callable[[Any], None], hand: Callable[[Any], None]) -> None:
    page, sql = _milliseconds(drawn, ours), _milliseconds(drawn, hand)
    half, slow = statistics.median(page.elapsed), _slow(page.elapsed)
    report(f"{name}, SQL by hand, p50", statistics.median(sql.elapsed), "ms")
    report(f"{name}, p50", half, "ms", baseline=statistics.median(sql.elapsed), of="SQL by hand")
    report(
        f"{name}, p95",
        slow,
        "ms",
        baseline=_slow(sql.elapsed),
        of="SQL by hand",
        goal=f"{SLOWEST} ms",
        met=slow < SLOWEST,
    )
    report(f"{name}, processor, p50", statistics.median(page.processor), "ms")
    report(f"{name}, processor, p95", _slow(page.processor), "ms")


class Taken(NamedTuple):
    """Milliseconds of each request."""

    elapsed: list[float]
    processor: list[float]
    """In this process, all its threads; not PostgreSQL's."""


def _milliseconds(drawn: Sequence[Any], ask: Callable[[Any], None]) -> Taken:
    clocks = []
    for one in drawn:
        with Clock() as clock:
            ask(one)
        clocks.append(clock)
    counted = clocks[WARM_UP:]
    return Taken([clock.seconds * 1000 for clock in counted], [clock.cpu * 1000 for clock in counted])


def _slow(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    main()
