"""The pages of coupons: making one, its codes, its uses, giving it to a segment; and who may not."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.core import jobs
from guanxi.core.models import AuditEntry, Job
from guanxi.core.testing import signed_in
from guanxi.customers.testing import customers
from guanxi.loyalty.coupons import services
from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.coupons.web.forms import first_look
from guanxi.loyalty.models import Coupon, CouponBatch, CouponRedemption, IssuedCoupon
from guanxi.loyalty.testing import NOW, a_basket, a_coupon

pytestmark = pytest.mark.django_db
PAGES = ["coupon", "edit", "codes", "uses", "results"]


def address(name: str, *arguments: Any) -> str:
    return reverse(f"coupons:{name}", args=arguments)


def filled(kind: str = "amount_off", **changes: Any) -> dict[str, Any]:
    shown = {name: value for name, value in first_look(kind, "CNY").items() if value is not None}
    shown = {name: value for name, value in shown.items() if value is not False}
    values = {"name": "Spring", "code_style": "shared", "shared_code": "spring-26", "give_back": "full"}
    return {**values, **shown, **changes}


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_kinds_to_choose_from_introduce_themselves(client: Client) -> None:
    signed_in(client, role="marketer")
    page = text_of(client.get(address("new")))
    assert all(str(kind.label) in page for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS.names())
def test_a_coupon_of_each_kind_is_made_and_changed_again_by_its_form(client: Client, kind: str) -> None:
    signed_in(client, role="marketer")
    new = f"{address('new')}?kind={kind}"
    assert client.get(new).status_code == 200
    response = client.post(new, filled(kind, min_spend="300", weekdays=["5", "6"], products="T1，T2", limit_total="9"))
    coupon = Coupon.objects.get()
    assert response.headers["Location"] == address("coupon", coupon.pk)
    assert coupon.params == dict(KINDS.get(kind).example)
    assert coupon.conditions == {"min_spend": 30_000, "products": ["T1", "T2"], "weekdays": [5, 6]}
    assert (coupon.shared_code, coupon.limit_total, coupon.state) == ("SPRING26", 9, "draft")
    form = client.get(address("edit", coupon.pk)).context["form"]
    data = {name: value for name, value in form.initial.items() if name in form.fields and value not in (None, False)}
    assert client.post(address("edit", coupon.pk), {**data, "name": "Autumn"}).status_code == 302
    before = coupon.params, coupon.conditions
    coupon.refresh_from_db()
    assert (coupon.name, (coupon.params, coupon.conditions)) == ("Autumn", before)


@pytest.mark.parametrize(
    ("kind", "changes", "sentence"),
    [
        ("amount_off", {"p_amount": "0"}, "Ensure this value is greater than or equal to 0.01."),
        ("amount_off", {"p_amount": ""}, "This field is required."),
        ("amount_off", {"name": ""}, "This field is required."),
        ("amount_off", {"shared_code": "x"}, "A code has from 3 to 24 letters and digits."),
        ("amount_off", {"code_style": "unique", "begins_with": "ÄÖ"}, "At most 8 letters from A to Z and digits."),
        ("percent_off", {"p_share": "101"}, "Ensure this value is less than or equal to 100."),
        ("tiered", {"p_steps_2_spend": "100"}, "Each step must ask for more than the one before it."),
        ("tiered", {"p_steps_2_share": "5"}, "Each step needs either an amount or a percentage."),
        (
            "amount_off",
            {"valid_from": "2026-05-02T10:00", "valid_until": "2026-05-01T10:00"},
            "It would end before it begins.",
        ),
    ],
)
def test_a_form_with_a_mistake_says_so_and_saves_nothing(
    client: Client, kind: str, changes: dict[str, Any], sentence: str
) -> None:
    signed_in(client, role="marketer")
    response = client.post(f"{address('new')}?kind={kind}", filled(kind, **changes))
    assert (response.status_code, Coupon.objects.count()) == (422, 0)
    assert sentence in response.content.decode()


def test_a_code_that_is_taken_is_refused(client: Client) -> None:
    signed_in(client, role="marketer")
    a_coupon(shared_code="SPRING26")
    response = client.post(f"{address('new')}?kind=amount_off", filled())
    assert "Another coupon has this code." in response.content.decode()


def test_the_rule_is_said_in_words_and_tried_on_a_basket(client: Client) -> None:
    signed_in(client, role="marketer")
    basket = {"try-price_1": "200", "try-quantity_1": "2", "try-price_2": "300", "try-quantity_2": "1"}
    page = text_of(client.post(f"{address('preview')}?kind=tiered", {**filled("tiered"), **basket, "name": ""}))
    assert "¥30.00 off from ¥300.00; ¥80.00 off from ¥600.00" in page
    assert "One code for everybody: SPRING26." in page
    assert "Line 1 ¥400.00 −¥45.71 Line 2 ¥300.00 −¥34.29 To pay ¥620.00" in page
    page = text_of(client.post(f"{address('preview')}?kind=tiered", {**filled("tiered"), "min_spend": "800", **basket}))
    assert "From ¥800.00 on: ¥100.00 more is needed." in page
    assert "To pay ¥700.00" in page
    page = text_of(client.post(f"{address('preview')}?kind=tiered", filled("tiered", p_steps_1_spend="")))
    assert "Not complete yet: Spend at least (CNY)" in page
    assert Coupon.objects.count() == 0


def test_the_list_shows_finds_and_exports(client: Client, django_assert_max_num_queries: Any) -> None:
    signed_in(client, role="marketer")
    for number in range(12):
        a_coupon(name=f"Coupon no. {number}", shared_code=f"MAI{number}")
    with django_assert_max_num_queries(12):
        page = client.get(address("list")).content.decode()
    assert "Coupon no. 11" in page
    rows = b"".join(client.get(f"{address('list')}?format=csv&state=active")).decode()
    assert rows.count("Coupon no.") == 12
    assert "¥20.00 off" in rows
    assert b"Coupon no." not in b"".join(client.get(f"{address('list')}?format=csv&state=archived"))


def test_the_life_of_a_coupon(client: Client) -> None:
    signed_in(client, role="marketer")
    coupon = a_coupon(state="draft")
    for state in ("active", "paused", "active", "archived"):
        client.post(address("set_state", coupon, state))
        assert Coupon.objects.get(pk=coupon).state == state
    client.post(address("set_state", coupon, "active"))
    assert Coupon.objects.get(pk=coupon).state == "archived"
    assert client.post(address("set_state", coupon, "draft")).status_code == 404
    actions = AuditEntry.objects.filter(subject_kind="coupon").order_by("pk").values_list("action", flat=True)
    assert list(actions)[1:] == ["coupon.activate", "coupon.pause", "coupon.activate", "coupon.archive"]


def test_the_rule_of_a_coupon_in_use_stays(client: Client) -> None:
    signed_in(client, role="marketer")
    client.post(f"{address('new')}?kind=amount_off", filled())
    coupon = Coupon.objects.get()
    services.set_state(coupon.pk, "active", user=None, now=NOW)
    changed = client.post(address("edit", coupon.pk), filled(p_amount="30"))
    assert "its rule, conditions and codes stay as they are" in changed.content.decode()
    assert client.post(address("edit", coupon.pk), filled(name="Longer", limit_total="5")).status_code == 302
    coupon.refresh_from_db()
    assert (coupon.name, coupon.limit_total, coupon.params) == ("Longer", 5, {"amount": 2_000})


def test_codes_are_made_by_a_job_listed_and_downloaded(client: Client) -> None:
    signed_in(client, role="marketer")
    coupon = a_coupon(code_style="unique", prefix="MUM")
    client.post(address("make_codes", coupon), {"count": "30"})
    job = Job.objects.get(kind="coupons.codes")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"codes": 30})
    assert CouponBatch.objects.get().made == 30
    page = client.get(address("codes", coupon)).content.decode()
    assert len(set(re.findall(r"MUM(?:-[A-Z2-9]{4}){3}", page))) == 30
    lines = b"".join(client.get(address("export_codes", coupon))).decode("utf-8-sig").splitlines()
    assert (lines[0], len(lines)) == ("Code", 31)
    assert all(re.fullmatch(r"MUM(-[A-Z2-9]{4}){3}", line) for line in lines[1:])
    assert AuditEntry.objects.filter(action="coupon.codes_exported", subject_id=coupon).count() == 1


def test_codes_are_masked_for_those_who_may_not_use_them(client: Client) -> None:
    signed_in(client, permissions=["coupons.view"])
    coupon = a_coupon(code_style="unique", prefix="MUM")
    services.issue(coupon, customers(1), now=NOW)
    page = client.get(address("codes", coupon)).content.decode()
    assert re.search(r"MUM-[A-Z2-9]{4}-\*{4}-\*{4}", page)
    assert IssuedCoupon.objects.get().code not in page.replace("-", "")
    assert client.get(address("export_codes", coupon)).status_code == 403
    assert client.get(f"{address('codes', coupon)}?format=csv").status_code == 403


def test_pieces_are_made_void(client: Client) -> None:
    signed_in(client, role="marketer")
    coupon = a_coupon(code_style="unique")
    services.issue(coupon, customers(2), now=NOW)
    piece = IssuedCoupon.objects.first()
    asked = {"_action": "void", "ids": [piece.pk]}
    assert "Make them void?" in client.post(address("codes", coupon), asked).content.decode()
    client.post(address("codes", coupon), {**asked, "_confirmed": "yes"})
    assert list(IssuedCoupon.objects.filter(voided_at__isnull=False)) == [piece]


def test_uses_are_listed_and_given_back(client: Client) -> None:
    signed_in(client, role="shop_operator")
    coupon = a_coupon(shared_code="MAI")
    (number,) = services.redeem(a_basket(), ["MAI"], order_number="A-17", now=NOW).redemption_ids
    assert "A-17" in client.get(address("uses", coupon)).content.decode()
    client.post(address("uses", coupon), {"_action": "give-back", "ids": [number], "_confirmed": "yes"})
    assert Coupon.objects.get(pk=coupon).uses == 0
    assert "Used, given back later" in client.get(address("uses", coupon)).content.decode()
    signed_in(client, role="marketer")
    again = client.post(address("uses", coupon), {"_action": "give-back", "ids": [number], "_confirmed": "yes"})
    assert again.status_code == 403
    assert CouponRedemption.objects.count() == 2


def test_results_without_a_warehouse_still_count(client: Client) -> None:
    signed_in(client, role="marketer")
    coupon = a_coupon(shared_code="MAI")
    services.redeem(a_basket(), ["MAI"], order_number="A-17", now=NOW)
    page = text_of(client.get(address("results", coupon)))
    assert "Discount given" in page
    assert "¥20.00" in page


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_the_menu_its_heading_and_the_way_back(client: Client, name: str) -> None:
    signed_in(client, role="marketer")
    page = client.get(address(name, a_coupon(name="Mother Day"))).content.decode()
    assert re.search(r'<h1 class="page-title">Mother Day</h1>', page)
    assert '<a href="/coupons/">Coupons</a>' in page
    assert page.count('aria-current="page"') == 1


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_no_coupon_are_not_found(client: Client, name: str) -> None:
    signed_in(client)
    assert client.get(address(name, 999)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_those_without_the_right_are_kept_out(client: Client, name: str) -> None:
    coupon = a_coupon()
    signed_in(client, permissions=["customers.view"])
    assert client.get(address(name, coupon)).status_code == 403


@pytest.mark.parametrize("name", ["make_codes", "state"])
def test_those_who_may_only_look_change_nothing(client: Client, name: str) -> None:
    coupon = a_coupon(code_style="unique")
    signed_in(client, permissions=["coupons.view"])
    where = address("set_state", coupon, "archived") if name == "state" else address(name, coupon)
    assert client.post(where, {"count": "3"}).status_code == 403
    assert (Coupon.objects.get(pk=coupon).state, CouponBatch.objects.count()) == ("active", 0)
    page = client.get(address("coupon", coupon)).content.decode()
    assert "/state/" not in page
    assert "/give/" not in page
