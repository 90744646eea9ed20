"""Customers placed in the divisions of China by what sources say of where they live."""

from datetime import timedelta

import pytest

from guanxi.customers import queries, services
from guanxi.customers.models import Customer
from guanxi.customers.testing import NOW, profile
from guanxi.customers.types import MergeKind

pytestmark = pytest.mark.django_db
PHONE = "15400012341"


def seen(**said: object) -> Customer:
    services.resolve([profile(phone=PHONE, **said)], shop_id=1, source="test", country="CN", now=NOW)
    return Customer.objects.get()


@pytest.mark.parametrize(
    ("said", "code", "name"),
    [
        ({"region": "浙江省", "city": "杭州市", "address": "西湖区文三路 108 号"}, "330106", "浙江省杭州市西湖区"),
        ({"address": "浙江省杭州市西湖区文三路 108 号"}, "330106", "浙江省杭州市西湖区"),
        ({"region": "上海", "address": "徐汇区漕溪北路 1 号"}, "310104", "上海市徐汇区"),
        ({"region": "浙江", "city": "杭州"}, "3301", "浙江省杭州市"),
        ({"region": "浙江"}, "33", "浙江省"),
        ({"region": "Yorkshire", "city": "York", "address": "1 Low Petergate"}, "", ""),
        ({"address": "***西湖区***"}, "", ""),
    ],
)
def test_an_address_is_placed_as_far_as_it_says(said: dict[str, str], code: str, name: str) -> None:
    assert seen(**said).division == code
    assert queries.division_name(code) == name


def test_a_newer_address_moves_the_customer_and_one_without_a_place_does_not() -> None:
    seen(region="浙江", city="杭州市", address="西湖区文三路 108 号", seen_at=NOW - timedelta(days=9))
    assert seen(region="江苏", city="苏州市", seen_at=NOW - timedelta(days=5)).division == "3205"
    assert seen(name="王小明", seen_at=NOW - timedelta(days=1)).division == "3205"


def test_a_person_who_writes_another_city_moves_the_customer() -> None:
    customer = seen(region="浙江", city="杭州市", address="西湖区文三路 108 号")
    changes = {"region": "江苏", "city": "苏州市", "address": ""}
    services.update_customer(customer.pk, changes=changes, source="form", country="CN", now=NOW)
    customer.refresh_from_db()
    assert customer.division == "3205"


def test_a_merge_takes_the_place_with_the_city_and_gives_it_back() -> None:
    kept = services.create_customer(profile(name="Ann"), source="form", country="CN", now=NOW)
    gone = services.create_customer(
        profile(name="Ann", region="浙江", city="杭州市", address="西湖区文三路"), source="form", country="CN", now=NOW
    )
    (merged,) = services.merge([services.Pair(kept, gone)], kind=MergeKind.HAND, user=None, now=NOW)
    assert Customer.objects.get(pk=kept).division == "330106"
    services.undo_merge(merged.merge_id, user=None, now=NOW)
    assert [Customer.objects.get(pk=number).division for number in (kept, gone)] == ["", "330106"]


def test_divisions_are_found_by_part_of_their_name_in_either_writing() -> None:
    found = ["浙江省杭州市西湖区", "江西省南昌市西湖区", "湖北省武汉市东西湖区"]
    assert queries.divisions_named("西湖", limit=9) == found
    assert queries.divisions_named("廣東", limit=1) == ["广东省"]
    assert queries.division_code("杭州市西湖区") == "330106"
    assert queries.division_code("鼓楼区") == ""
