"""Tills at the same moment, each with a connection of its own: a limit is never passed and nobody waits for ever."""

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from guanxi.customers.testing import customers
from guanxi.loyalty.coupons import services
from guanxi.loyalty.models import Coupon, CouponBatch, CouponRedemption, IssuedCoupon
from guanxi.loyalty.testing import NOW, a_basket, a_coupon

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*tills: Callable[[], Any]) -> list[Any]:
    """What each gives or raises, all begun at the same moment."""
    ready, answers = threading.Barrier(len(tills)), [None] * len(tills)

    def work(place: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            answers[place] = tills[place]()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(tills))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def till(number: str, *codes: str, **said: Any) -> Callable[[], Any]:
    return lambda: services.redeem(a_basket(**said), codes, order_number=number, now=NOW)


def test_the_last_use_of_a_limited_coupon_succeeds_once() -> None:
    coupon = a_coupon(shared_code="LAST", limit_total=1)
    answers = at_once(*[till(str(number), "LAST") for number in range(6)])
    assert sum(isinstance(one, services.Receipt) for one in answers) == 1
    assert sum(isinstance(one, services.Refused) for one in answers) == 5
    assert (Coupon.objects.get(pk=coupon).uses, CouponRedemption.objects.count()) == (1, 1)


def test_one_customer_at_many_tills_stays_within_the_limit_of_a_customer() -> None:
    (customer_id,) = customers(1)
    a_coupon(shared_code="TWICE", limit_per_customer=2)
    answers = at_once(*[till(str(number), "TWICE", customer_id=customer_id) for number in range(6)])
    assert sum(isinstance(one, services.Receipt) for one in answers) == 2


def test_a_code_of_its_own_is_used_once() -> None:
    coupon = a_coupon(code_style="unique")
    services.start_codes(coupon, 1, user=None, now=NOW)
    services.make_codes(CouponBatch.objects.get().pk, now=NOW)
    code = IssuedCoupon.objects.get().code or ""
    answers = at_once(*[till(str(number), code) for number in range(6)])
    assert sum(isinstance(one, services.Receipt) for one in answers) == 1


def test_one_request_sent_many_times_is_one_use() -> None:
    coupon = a_coupon(shared_code="SAME")
    answers = at_once(*[till("A1", "SAME") for _ in range(6)])
    assert all(isinstance(one, services.Receipt) for one in answers)
    assert len({one.redemption_ids for one in answers}) == 1
    assert sum(not one.replayed for one in answers) == 1
    assert Coupon.objects.get(pk=coupon).uses == 1


def test_a_use_is_given_back_once() -> None:
    coupon = a_coupon(shared_code="BACK")
    (number,) = services.redeem(a_basket(), ["BACK"], order_number="A1", now=NOW).redemption_ids
    answers = at_once(*[lambda: services.give_back([number], now=NOW) for _ in range(6)])
    assert sorted(len(one) for one in answers) == [0, 0, 0, 0, 0, 1]
    assert Coupon.objects.get(pk=coupon).uses == 0


def test_tills_that_share_coupons_in_any_order_all_come_to_an_end() -> None:
    """Redemptions, returns and gifts at random over the same coupons: counts equal the ledger, no limit is passed."""
    people = customers(3)
    coupons = {f"MIX{number}": a_coupon(shared_code=f"MIX{number}", limit_total=8) for number in range(3)}

    def work(seed: int) -> Callable[[], None]:
        def play() -> None:
            rng, mine = random.Random(seed), []
            for turn in range(12):
                codes = rng.sample(sorted(coupons), k=rng.choice([1, 2, 3]))
                try:
                    if mine and rng.random() < 0.4:
                        services.give_back(mine.pop(), now=NOW)
                    elif rng.random() < 0.2:
                        services.issue(coupons[codes[0]], people, now=NOW)
                    else:
                        number, buyer = f"{seed}-{turn}", rng.choice(people)
                        receipt = till(number, *codes, customer_id=buyer)()
                        mine.append(receipt.redemption_ids)
                except services.Refused:
                    pass

        return play

    answers = at_once(*[work(seed) for seed in range(5)])
    assert answers == [None] * 5
    for coupon_id in coupons.values():
        ledger = CouponRedemption.objects.filter(coupon_id=coupon_id).aggregate(n=Sum("uses"))["n"] or 0
        coupon = Coupon.objects.get(pk=coupon_id)
        assert 0 <= coupon.uses == ledger <= 8
        assert coupon.issued == IssuedCoupon.objects.filter(coupon_id=coupon_id).count() <= len(people)
