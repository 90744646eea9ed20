"""Giving a coupon to a segment: by a job that carries on, once for each customer."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.core import jobs
from guanxi.core.models import Job
from guanxi.core.testing import signed_in
from guanxi.loyalty.coupons import services
from guanxi.loyalty.models import Coupon, CouponBatch, IssuedCoupon
from guanxi.loyalty.testing import a_coupon
from guanxi.marketing import coupon_giving
from guanxi.marketing.testing import NOW, a_list, people

pytestmark = pytest.mark.django_db


def address(coupon_id: int) -> str:
    return reverse("marketing:give_coupon", args=[coupon_id])


def test_a_segment_is_given_a_coupon_by_a_job(client: Client) -> None:
    signed_in(client, role="marketer")
    members = people(7)
    coupon, segment = a_coupon(code_style="unique"), a_list(members)
    services.issue(coupon, members[:2], now=NOW)
    assert "Each customer gets a code of their own." in client.get(address(coupon)).content.decode()
    response = client.post(address(coupon), {"segment": segment})
    assert response.headers["Location"] == reverse("coupons:coupon", args=[coupon])
    job = Job.objects.get(kind="coupons.give")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"given": 5, "had_it": 2, "gone": 0})
    assert (job.done, job.total) == (7, 7)
    batch = CouponBatch.objects.get()
    assert (batch.made, batch.segment_id, batch.job_id) == (5, segment, job.pk)
    assert sorted(IssuedCoupon.objects.values_list("customer_id", flat=True)) == members
    page = client.get(reverse("coupons:coupon", args=[coupon])).content.decode()
    assert f"Given to {batch.label}" in page


def test_cut_off_and_run_again_it_carries_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coupon_giving, "PART", 2)
    members = people(5)
    coupon, segment = a_coupon(), a_list(members)
    batch = services.open_batch(coupon, label="x", segment_id=segment, user=None, now=NOW)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        coupon_giving.give(coupon, segment, batch_id=batch, now=NOW, report=stop)
    assert Coupon.objects.get(pk=coupon).issued == 2
    found = coupon_giving.give(coupon, segment, batch_id=batch, now=NOW)
    assert (found.given, found.had_it) == (3, 2)
    assert (Coupon.objects.get(pk=coupon).issued, CouponBatch.objects.get().made) == (5, 5)


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_a_coupon_that_is_not_in_use_is_given_to_nobody(client: Client, state: str) -> None:
    signed_in(client, role="marketer")
    coupon = a_coupon(state=state)
    response: Any = client.post(address(coupon), {"segment": a_list(people(1))})
    assert (response.status_code, Job.objects.count()) == (422, 0)
    assert "Put the coupon in use first" in response.content.decode()


def test_only_those_with_the_right_give_and_only_coupons_there_are(client: Client) -> None:
    coupon = a_coupon()
    signed_in(client, permissions=["coupons.view"])
    assert client.post(address(coupon), {"segment": 1}).status_code == 403
    signed_in(client)
    assert client.get(address(10**6)).status_code == 404
    assert client.post(address(coupon), {"segment": ""}).status_code == 422
