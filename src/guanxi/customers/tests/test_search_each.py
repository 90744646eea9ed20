"""Many whole identifiers looked up together."""

import pytest
from pytest_django import DjangoAssertNumQueries

from guanxi.customers import queries, services
from guanxi.customers.testing import NOW, profile
from guanxi.customers.types import IncomingProfile

pytestmark = pytest.mark.django_db


def of_shop(shop_id: int, *people: IncomingProfile) -> list[int | None]:
    done = services.resolve(people, shop_id=shop_id, source="test", country="CN", now=NOW)
    return [one.customer_id for one in done.resolutions]


def test_each_text_finds_whom_the_search_finds() -> None:
    phone, mail = of_shop(0, profile(phone="13812345679", name="王小明"), profile(email="an@shop.example"))
    account, namesake = of_shop(1, profile(account="10020030"), profile(account="778899001"))
    (other,) = of_shop(2, profile(account="778899001"))
    asked = [
        "138 1234 5679",
        "+8613812345679",
        "AN@shop.example",
        "10020030",
        "778899001",
        "13900000001",
        "5679",
        "王小明",
    ]
    assert queries.search_each(asked) == {
        "138 1234 5679": (phone,),
        "+8613812345679": (phone,),
        "AN@shop.example": (mail,),
        "10020030": (account,),
        "778899001": (namesake, other),
        "5679": (phone,),
    }
    for text in asked[:-1]:
        assert sorted(queries.search(text)) == list(queries.search_each([text]).get(text, ())), text


def test_any_number_of_texts_takes_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    of_shop(0, profile(phone="13812345679"))
    with django_assert_num_queries(2):
        found = queries.search_each([f"138{number:08d}" for number in range(12_345_000, 12_346_000)])
    assert list(found) == ["13812345679"]
