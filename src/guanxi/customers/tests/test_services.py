"""What people do to a customer by hand."""

import pytest
from django.core.exceptions import PermissionDenied

from guanxi.core.models import AuditEntry, Role, User
from guanxi.customers import queries, services
from guanxi.customers.models import Customer, Identifier
from guanxi.customers.testing import NOW, customers, profile
from guanxi.customers.types import IncomingProfile

pytestmark = pytest.mark.django_db


def create(person: IncomingProfile) -> int:
    return services.create_customer(person, source="form", country="CN", now=NOW)


def change(customer_id: int, **changes: str) -> None:
    services.update_customer(customer_id, changes=changes, source="form", country="CN", now=NOW)


def staff(*rights: str) -> User:
    user = User.objects.create_user("rep@example.com", name="Rep")
    role = Role.objects.create(code="test", name="Test", permissions=list(rights))
    user.roles.add(role)
    return user


def test_create_with_and_without_identifiers() -> None:
    one = create(profile(phone="13812345679", name="王小明", tags=("vip",)))
    two = create(profile(name="Walk-in"))
    assert [(card.id, card.name, card.source, card.tags) for card in queries.profiles([two, one])] == [
        (two, "W***", "form", ()),
        (one, "王**", "form", ("vip",)),
    ]


def test_create_refuses_what_is_someone_elses_or_nothing() -> None:
    one = create(profile(phone="13812345679", name="王小明"))
    with pytest.raises(services.AlreadyKnown) as known:
        create(profile(phone="+86 13812345679", name="Other"))
    assert known.value.customer_id == one
    with pytest.raises(services.BadField) as bad:
        create(profile(phone="00000000000"))
    assert bad.value.field == "phone"
    with pytest.raises(services.BadField):
        create(IncomingProfile())
    assert Customer.objects.count() == 1


def test_change_keeps_what_is_derived_true() -> None:
    one = create(profile(phone="13812345679", name="王小明"))
    change(one, name="李安", email="an@example.com", birth_date="1990-05-04", region="浙江省", phone="")
    customer = Customer.objects.get()
    assert (customer.has_phone, customer.has_email, customer.birth_year, customer.birth_month, customer.region) == (
        False, True, 1990, 5, "浙江",
    )  # fmt: skip
    assert queries.search("李安") == queries.search("an@example.com") == [one]
    assert queries.search("王小明") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "12"),
        ("email", "nobody"),
        ("birth_date", "1990-02-31"),
        ("gender", "x"),
        ("city", "x" * 61),
        ("id", "7"),
    ],
)
def test_change_refuses_what_cannot_be(field: str, value: str) -> None:
    one = create(profile(phone="13812345679", name="Ann"))
    with pytest.raises(services.BadField) as bad:
        change(one, **{field: value})
    assert bad.value.field == field
    assert Customer.objects.get().name == "Ann"


def test_change_to_someone_elses_phone_is_refused() -> None:
    one = create(profile(phone="13812345679"))
    two = create(profile(phone="13812345670"))
    with pytest.raises(services.AlreadyKnown):
        change(two, phone="13812345679")
    assert Identifier.objects.filter(customer_id=one).count() == Identifier.objects.filter(customer_id=two).count() == 1


def test_reveal_needs_the_right_and_leaves_an_entry() -> None:
    (one,) = customers(1)
    identifier = queries.identifiers(one)[0]
    without = staff("customers.view")
    with pytest.raises(PermissionDenied):
        services.reveal(one, "phone", user=without, now=NOW)
    assert not AuditEntry.objects.exists()
    role = Role.objects.get(code="test")
    role.permissions = ["customers.view", "customers.reveal"]
    role.save()
    user = User.objects.get()
    assert services.reveal(one, "phone", user=user, now=NOW) == "+8613900010000"
    assert services.reveal(one, f"identifier:{identifier.id}", user=user, now=NOW) == "person10000@example.com"
    entries = AuditEntry.objects.order_by("pk").values_list("action", "subject_id", "detail")
    assert list(entries) == [
        ("customer.revealed", one, {"field": "phone"}),
        ("customer.revealed", one, {"field": f"identifier:{identifier.id}"}),
    ]
    with pytest.raises(services.BadField):
        services.reveal(one, "name_tokens", user=user, now=NOW)
