"""The pages of points, as someone at the counter and someone in the back office use them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guanxi.commerce.testing import lines
from guanxi.core import jobs
from guanxi.core.models import AuditEntry, Job
from guanxi.core.testing import signed_in
from guanxi.loyalty.models import PointsAdjustment, PointsProgramme, PointsRule
from guanxi.loyalty.points import queries
from guanxi.loyalty.tests.points.world import PAID, buy, has, programme, shop

pytestmark = pytest.mark.django_db
TERMS = {
    "name": "Points",
    "active": "on",
    "starts_at": "2026-01-01T00:00",
    "return_days": "7",
    "expiry": "rolling",
    "expiry_months": "12",
    "notice_days": "30",
    "spend_points": "100",
    "spend_amount": "1.50",
    "spend_minimum": "100",
    "spend_share": "50",
    "hold_minutes": "15",
    "shortfall": "debt",
    "adjust_limit": "500",
}


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def test_a_merchant_sets_the_programme_up_from_nothing(client: Client) -> None:
    signed_in(client)
    assert "No programme is on" in text(client, "/loyalty/points/")
    assert "All shops" in text(client, "/loyalty/points/programmes/")
    made = PointsProgramme.objects.get()
    page = f"/loyalty/points/programmes/{made.pk}/"
    assert client.post(page, TERMS).headers["Location"] == page
    made.refresh_from_db()
    assert (made.active, made.spend_amount, made.adjust_limit) == (True, 150, 500)
    assert client.post(f"{page}rules/", {"kind": "amount", "points": "2", "per_amount": "10"}).status_code == 302
    rule = PointsRule.objects.get()
    assert (rule.points, rule.per_amount) == (2, 1000)
    assert "2 points for each ¥10.00" in text(client, page)
    assert client.post(f"/loyalty/points/rules/{rule.pk}/remove/").status_code == 302
    assert not PointsRule.objects.exists()
    actions = list(AuditEntry.objects.filter(action__startswith="points.").values_list("action", flat=True))
    assert sorted(actions) == ["points.programme_changed", "points.rule_added", "points.rule_removed"]


def test_what_is_wrong_with_a_rule_is_told_beside_it(client: Client) -> None:
    signed_in(client)
    made = programme()
    page = f"/loyalty/points/programmes/{made.pk}/rules/"
    wrong = [
        ({"kind": "amount", "points": "1"}, "Say for which amount of money."),
        ({"kind": "amount", "points": "1", "per_amount": "1", "sku": "nothing"}, "No product is called so."),
        ({"kind": "amount", "points": "1", "per_amount": "1"}, "There is a rule for this already"),
    ]
    for sent, told in wrong:
        assert told in client.post(page, sent).content.decode()
    assert PointsRule.objects.count() == 1


def test_a_programme_for_some_shops(client: Client) -> None:
    signed_in(client)
    programme()
    home = shop()
    other = shop("Old town")
    address = "/loyalty/points/programmes/new/"
    assert "This field is required." in client.post(address, {**TERMS, "name": "Town"}).content.decode()
    assert client.post(address, {**TERMS, "name": "Town", "shops": [other.pk]}).status_code == 302
    again = client.post(address, {**TERMS, "shops": [home.pk]}).content.decode()
    assert "Another programme has this name" in again
    made = PointsProgramme.objects.get(name="Town")
    client.post(f"/loyalty/points/programmes/{made.pk}/rules/", {"kind": "amount", "points": "5", "per_amount": "1"})
    customer = buy(1, lines=lines(1)).customer_id
    buy(2, shop=other)
    found = queries.balances(customer or 0, now=PAID)
    assert [(one.programme, one.pending) for one in found] == [("Points", 100), ("Town", 500)]


def test_the_ledger_and_the_statement_say_why(client: Client) -> None:
    signed_in(client)
    programme()
    customer = buy().customer_id
    for address in ("/loyalty/points/", f"/loyalty/points/customers/{customer}/"):
        assert "Order N1, for ¥100.00" in text(client, address)
        csv = client.get(f"{address}?format=csv")
        assert "Order N1, for ¥100.00" in b"".join(csv.streaming_content).decode()  # type: ignore[attr-defined]
    assert client.get("/loyalty/points/?kind=spend").status_code == 200
    assert client.get("/loyalty/points/customers/99999/").status_code == 404


def test_the_ledger_costs_the_same_whatever_its_length(client: Client, django_assert_max_num_queries: object) -> None:
    signed_in(client)
    programme()
    for number in range(1, 6):
        buy(number, phone=f"+861391234000{number}")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        client.get("/loyalty/points/")


def test_points_stand_on_the_customers_page(client: Client) -> None:
    programme()
    customer = buy().customer_id
    signed_in(client)
    page = text(client, f"/customers/{customer}/")
    assert f'href="/loyalty/points/customers/{customer}/"' in page
    assert f'href="/loyalty/points/customers/{customer}/adjust/"' in page
    signed_in(client, permissions=["customers.view"])
    assert "/loyalty/points/" not in text(client, f"/customers/{customer}/")


def test_a_small_change_by_hand_is_done_and_a_large_one_waits(client: Client) -> None:
    programme()
    customer = buy().customer_id
    asker = signed_in(client, role="service")
    made = PointsProgramme.objects.get()
    page = f"/loyalty/points/customers/{customer}/adjust/"
    later = timezone.now()
    before = has(customer, now=later)[0]
    assert "Give or take points" in text(client, page)
    assert "This field is required" in client.post(page, {"programme": made.pk, "points": "5"}).content.decode()
    client.post(page, {"programme": made.pk, "points": "400", "reason": "Late parcel"})
    client.post(page, {"programme": made.pk, "points": "200", "reason": "Late again"})
    assert has(customer, now=timezone.now())[0] == before + 400
    row = PointsAdjustment.objects.get(state="waiting")
    assert client.post(f"/loyalty/points/adjustments/{row.pk}/approve/").status_code == 403
    asker.roles.add(*signed_in(client, permissions=["loyalty.points", "loyalty.points_approve"]).roles.all())
    client.force_login(asker, backend="django.contrib.auth.backends.ModelBackend")
    assert (
        "a second person has to"
        in client.post(f"/loyalty/points/adjustments/{row.pk}/approve/", follow=True).content.decode()
    )
    signed_in(client, permissions=["loyalty.points", "loyalty.points_approve"])
    assert "Late again" in text(client, "/loyalty/points/adjustments/")
    assert client.post(f"/loyalty/points/adjustments/{row.pk}/approve/").status_code == 302
    assert has(customer, now=timezone.now())[0] == before + 600
    told = client.post(f"/loyalty/points/adjustments/{row.pk}/refuse/", follow=True).content.decode()
    assert "decided already" in told


def test_more_than_there_is_cannot_be_taken(client: Client) -> None:
    made = programme()
    customer = buy().customer_id
    signed_in(client)
    page = f"/loyalty/points/customers/{customer}/adjust/"
    sent = {"programme": made.pk, "points": "-101", "reason": "Mistake"}
    assert "does not have 101 points" in client.post(page, sent).content.decode()
    assert not PointsAdjustment.objects.exists()


def test_what_is_owed_is_told_by_month_on_the_page_and_as_csv(client: Client) -> None:
    programme(spend_points=100, spend_amount=150)
    buy(1, total=10_000)
    buy(2, total=20_000, paid_at=PAID + timedelta(days=30))
    signed_in(client)
    page = text(client, "/loyalty/points/owed/")
    assert "2027-02" in page and "2027-03" in page
    body = b"".join(client.get("/loyalty/points/owed/csv/").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    cells = [line.split(",") for line in body.splitlines()]
    assert cells[0] == [
        "Month of expiry", "Spendable", "Pending", "Set aside", "Owed by customers", "Points", "Worth (CNY)",
    ]  # fmt: skip
    assert [(row[0], row[5], row[6]) for row in cells[1:]] == [("2027-02", "100", "1.50"), ("2027-03", "200", "3.00")]


def test_earlier_orders_get_their_points_in_the_background(client: Client) -> None:
    made = programme(active=False)
    bought = buy()
    signed_in(client)
    page = f"/loyalty/points/programmes/{made.pk}/"
    client.post(page, TERMS)
    assert client.post(f"{page}catch-up/").status_code == 302
    job = Job.objects.get()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"orders": 1})
    assert sum(has(bought.customer_id, now=PAID)) == 100


def test_a_rule_has_days_and_reviews_a_cap(client: Client) -> None:
    signed_in(client)
    page = f"/loyalty/points/programmes/{programme(rules=()).pk}/"
    week = {"kind": "amount", "points": "2", "per_amount": "1", "first_day": "2026-11-01", "last_day": "2026-11-11"}
    assert client.post(f"{page}rules/", week).status_code == 302
    assert client.post(f"{page}rules/", {"kind": "review", "points": "20", "cap": "200"}).status_code == 302
    found = text(client, page)
    assert "From 2026-11-01 to 2026-11-11" in found
    assert "at most 200 points of one customer in 30 days" in found
    wrong = client.post(f"{page}rules/", {**week, "last_day": "2026-10-01"})
    assert "It would end before it begins." in wrong.content.decode()
    for edge in ("0001-01-01", "9999-12-31"):
        assert client.post(f"{page}rules/", {**week, "first_day": edge, "last_day": edge}).status_code == 200
    assert text(client, page)
