"""Many at the same moment, each on a connection of its own."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Sum

from guanxi.loyalty.models import PointsEntry, PointsLot, PointsProgramme, PointsReservation
from guanxi.loyalty.points import expiring, orders, services
from guanxi.loyalty.points.types import PointsError
from guanxi.loyalty.tests.points.test_random_ledgers import adds_up
from guanxi.loyalty.tests.points.world import VALID, buy, has, programme, refund, shop, staff

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each gives, or the PointsError it raises; all begin together."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=30)
            return work()
        except PointsError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def test_two_tills_spend_the_same_points_and_one_succeeds() -> None:
    programme()
    customer = buy().customer_id or 0
    home = shop().pk

    def till(number: int) -> object:
        made = services.reserve(customer_id=customer, shop_id=home, points=70, reference=f"till-{number}", now=VALID)
        return services.commit(made.id, now=VALID)

    found = at_once(*(lambda number=number: till(number) for number in range(8)))  # type: ignore[misc]
    assert sum(not isinstance(one, PointsError) for one in found) == 1
    assert has(customer, now=VALID) == (30, 0, 0, 0)
    assert PointsReservation.objects.count() == 1


def test_the_same_reference_at_once_is_one_reservation() -> None:
    programme()
    customer = buy().customer_id or 0
    home = shop().pk
    asked = {"customer_id": customer, "shop_id": home, "points": 40, "reference": "till"}
    found = at_once(*[lambda: services.reserve(**asked, now=VALID)] * 8)  # type: ignore[arg-type]
    assert len({one.id for one in found}) == 1  # type: ignore[attr-defined]
    assert has(customer, now=VALID) == (60, 0, 40, 0)


def test_an_order_followed_at_once_earns_once() -> None:
    programme(active=False)
    bought = buy()
    PointsProgramme.objects.update(active=True)
    at_once(*[lambda: services.follow([bought.pk], now=VALID)] * 8)
    assert has(bought.customer_id, now=VALID) == (100, 0, 0, 0)


def test_eight_writers_keep_the_sums() -> None:
    made = programme(adjust_limit=10**6)
    user, home = staff(), shop().pk
    bought = [buy(n, total=9_000, phone=f"+861391234{n % 3:04d}") for n in range(1, 13)]
    customers = sorted({one.customer_id or 0 for one in bought})
    for number in (1, 5, 9):
        refund(number, 3_000, now=VALID, total=9_000, phone=f"+861391234{number % 3:04d}")

    def writer(seed: int) -> None:
        chance = random.Random(seed)
        for turn in range(25):
            customer, points = chance.choice(customers), chance.randint(1, 120)
            name = f"{seed}-{turn}"
            try:
                match chance.randrange(6):
                    case 0 | 1 | 2:
                        held = services.reserve(
                            customer_id=customer, shop_id=home, points=points, reference=name, now=VALID
                        )
                        step = chance.choice([services.commit, services.release, None])
                        if step:
                            step(held.id, now=VALID)
                    case 3:
                        services.adjust(
                            programme_id=made.pk,
                            customer_id=customer,
                            points=chance.choice([-points, points]),
                            reason=name,
                            user=user,
                            now=VALID,
                            reference=name,
                        )
                    case 4:
                        services.follow([one.pk for one in bought], now=VALID)
                    case _:
                        expiring.expire(now=VALID)
                        orders.settle_all(now=VALID)
            except PointsError:
                pass

    at_once(*(lambda seed=seed: writer(seed) for seed in range(8)))  # type: ignore[misc]
    assert adds_up() == []
    assert not PointsLot.objects.filter(remaining__lt=0).exists()
    for customer in customers:
        spendable, pending, held, debt = has(customer, now=VALID)
        total = PointsEntry.objects.filter(customer_id=customer).aggregate(total=Sum("points"))["total"]
        assert (spendable + pending + held - debt, min(spendable, pending, held) >= 0) == (total, True)
