"""One customer who is two people."""

import pytest

from guanxi.commerce import queries, services
from guanxi.commerce.models import Order
from guanxi.commerce.testing import NOW, order, record, shop
from guanxi.core.models import AuditEntry, Event
from guanxi.customers import queries as customers
from guanxi.customers import services as people
from guanxi.customers.merging import suggestions
from guanxi.customers.models import Customer
from guanxi.customers.testing import profile
from guanxi.customers.types import MergeKind

pytestmark = pytest.mark.django_db
HERS, HIS, MAIL = "15400012341", "15400012342", "ann@mail.example"


def family() -> int:
    """Ann and her son, under one account."""
    buyer = profile(account="cotton", phone=HERS, email=MAIL, name="Ann Brackwell")
    his = profile(account="cotton", phone=HIS, name="Ann Brackwell")
    record([order(1, buyer=buyer), order(2, buyer=his), order(3, buyer=his)], shop=shop())
    return Customer.objects.get().pk


def split(customer: int, *phones: str, orders: tuple[str, ...] = ("N2", "N3"), name: str = "Tom Brackwell") -> int:
    by_value = {one.masked: one.id for one in customers.identifiers(customer)}
    return services.split_customer(
        customer,
        identifier_ids=[by_value[f"154****{phone[-4:]}"] for phone in phones],
        order_ids=Order.objects.filter(external_id__in=orders).values_list("pk", flat=True),
        name=name,
        user=None,
        now=NOW,
    )


def test_the_other_person_has_what_was_chosen_and_the_first_the_rest() -> None:
    ann = family()
    tom = split(ann, HIS)
    assert [one.external_id for one in queries.orders_of(tom, limit=9)] == ["N3", "N2"]
    assert [one.external_id for one in queries.orders_of(ann, limit=9)] == ["N1"]
    assert [one.masked for one in customers.identifiers(tom)] == ["154****2342"]
    assert {one.kind for one in customers.identifiers(ann)} == {"phone", "email", "platform_account"}
    first, second = Customer.objects.order_by("pk")
    assert (first.name, first.phone, first.email) == ("Ann Brackwell", f"+86{HERS}", MAIL)
    assert (second.pk, second.name, second.phone, second.email) == (tom, "Tom Brackwell", f"+86{HIS}", "")
    assert [one.kind for one in Event.objects.filter(customer_id=tom)] == ["customer.created", "customer.split"]
    assert AuditEntry.objects.get(action="customer.split").detail == {"new": tom, "identifiers": 1}


def test_what_comes_in_later_finds_the_other_person() -> None:
    tom = split(family(), HIS)
    record([order(4, phone=HIS)], shop=shop("Corner shop"))
    assert Order.objects.get(external_id="N4").customer_id == tom


def test_an_order_that_was_given_away_stays_there_when_it_is_sent_again() -> None:
    ann = family()
    tom = split(ann, HIS)
    record([order(2, buyer=profile(account="cotton", phone=HIS))], shop=shop())
    assert Order.objects.get(external_id="N2").customer_id == tom


def test_the_two_are_not_suggested_again_and_merging_takes_the_split_back() -> None:
    ann = family()
    tom = split(ann, HIS)
    record([order(5, buyer=profile(phone=HIS, email=MAIL))], shop=shop())
    assert suggestions.waiting().count() == 0
    people.merge([people.Pair(ann, tom)], kind=MergeKind.HAND, user=None, now=NOW)
    assert Order.objects.filter(customer_id=ann).count() == 4
    assert len(customers.identifiers(ann)) == 4


def test_orders_of_others_are_left_alone() -> None:
    ann = family()
    record([order(7, phone="15400012347")], shop=shop())
    split(ann, HIS, orders=("N2", "N7"))
    assert Order.objects.get(external_id="N7").customer_id not in (ann, None)


@pytest.mark.parametrize("which", ["none", "another's", "erased"])
def test_a_split_by_nothing_is_refused_and_nothing_has_happened(which: str) -> None:
    ann = family()
    mine = [one.id for one in customers.identifiers(ann)][:1]
    if which == "erased":
        people.erase(ann, user=None, now=NOW)
    chosen = {"none": [], "another's": [*mine, 2**40], "erased": mine}[which]
    with pytest.raises(people.CannotSplit):
        services.split_customer(ann, identifier_ids=chosen, order_ids=[], user=None, now=NOW)
    assert Customer.objects.count() == 1
