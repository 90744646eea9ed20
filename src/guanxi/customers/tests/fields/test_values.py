"""What customers' fields say: written in sets, shown, through merges and back, and gone with the customer."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from guanxi.core.models import AuditEntry
from guanxi.core.testing import make_user
from guanxi.customers import services
from guanxi.customers.fields import queries
from guanxi.customers.fields import services as fields
from guanxi.customers.models import FieldValue
from guanxi.customers.services import Pair
from guanxi.customers.testing import NOW, customers
from guanxi.customers.types import MergeKind

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def merchants_fields() -> None:
    for key, kind in (("note", "text"), ("ring", "number"), ("ends", "date"), ("vat", "flag")):
        fields.define(key=key, label=key.title(), kind=kind, now=NOW)
    fields.define(key="metal", label="Metal", kind="choice", choices=["Gold", "Silver"], now=NOW)
    fields.define(key="passport", label="Passport", kind="text", personal=True, now=NOW)


def plain(customer_id):
    return {key: one.plain for key, one in queries.values([customer_id]).get(customer_id, {}).items()}


def write(customer_id, *, now=NOW, **said):
    return fields.write({customer_id: said}, source="form", now=now)


def test_each_kind_keeps_its_value():
    (ann,) = customers(1)
    said = {"note": " likes  tea ", "ring": "1,234.50", "ends": "2026/5/1", "vat": "是", "metal": "gold"}

    assert fields.write({ann: said}, source="import", now=NOW) == []

    found = queries.values([ann])[ann]
    assert [(key, one.value) for key, one in found.items() if key != "metal"] == [
        ("note", "likes tea"),
        ("ring", Decimal("1234.500000")),
        ("ends", date(2026, 5, 1)),
        ("vat", True),
    ]
    assert plain(ann) == {"note": "likes tea", "ring": "1234.5", "ends": "2026-05-01", "vat": "yes", "metal": "Gold"}
    assert set(FieldValue.objects.values_list("source", flat=True)) == {"import"}


def test_what_is_no_value_comes_back_and_the_rest_is_written():
    (ann,) = customers(1)
    refused = fields.write(
        {
            ann: {"ring": "many", "ends": "2026-02-30", "vat": "perhaps", "metal": "Tin", "shoe": "9", "note": "tea"},
            ann + 1: {"note": "nobody"},
        },
        source="import",
        now=NOW,
    )
    assert [(one.customer_id, one.key, one.reason) for one in refused] == [
        (ann, "ring", "This is not a number."),
        (ann, "ends", "Write a date as 2026-05-10."),
        (ann, "vat", "Write yes or no."),
        (ann, "metal", "Choose one of: Gold, Silver."),
        (ann, "shoe", "There is no field called shoe."),
        (ann + 1, "note", "There is no such customer."),
    ]
    assert plain(ann) == {"note": "tea"}


@pytest.mark.parametrize("text", ["1,5", "1e5", "--1", "NaN", "12 apples", "1.2.3", "9" * 15, "0.0000001"])
def test_what_is_no_number_or_not_surely_one_is_refused(text):
    (ann,) = customers(1)
    assert [one.key for one in write(ann, ring=text)] == ["ring"]


def test_empty_text_empties_and_writes_nothing_where_there_was_nothing():
    (ann,) = customers(1)
    write(ann, note="tea", ring="")
    write(ann, note=" ")
    assert plain(ann) == {}
    assert [(one.field.key, one.filled) for one in FieldValue.objects.select_related("field")] == [("note", False)]


def test_what_was_said_later_stays():
    (ann,) = customers(1)
    write(ann, note="new", now=LATER)
    write(ann, note="old", now=NOW)
    assert plain(ann) == {"note": "new"}


def test_a_thousand_customers_take_as_many_statements_as_one(django_assert_num_queries):
    some = customers(300)
    for people in (some[:1], some):
        with django_assert_num_queries(WRITES):
            fields.write({one: {"note": "tea", "ring": "3", "vat": "no"} for one in people}, source="i", now=LATER)
    assert FieldValue.objects.count() == 900


WRITES = 7
"""Fields, choices, customers; the values, who is merged; begin and end."""


def test_the_same_said_again_changes_nothing():
    (ann,) = customers(1)
    write(ann, note="tea", ring="3")
    before = list(FieldValue.objects.values_list("changed_xact", "set_at"))
    write(ann, note="tea", ring="3.0", now=LATER)
    assert list(FieldValue.objects.values_list("changed_xact", "set_at")) == before


def test_personal_text_is_sealed_masked_and_each_reveal_recorded():
    (ann,) = customers(1)
    write(ann, passport="E12345678")

    shown = queries.values([ann])[ann]["passport"]
    assert (shown.text, shown.plain, shown.value) == ("E***8", "E***8", None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, sealed FROM customers_fieldvalue")
        ((text, sealed),) = cursor.fetchall()
    assert text == ""
    assert b"12345678" not in bytes(sealed)

    field = f"field:{shown.field_id}"
    assert services.reveal(ann, field, user=make_user(), now=NOW) == "E12345678"
    assert AuditEntry.objects.get(action="customer.revealed").detail == {"field": field}
    with pytest.raises(PermissionDenied):
        services.reveal(ann, field, user=make_user(permissions=["customers.view"]), now=NOW)


def merge(kept, gone, now=LATER):
    return services.merge([Pair(kept, gone)], kind=MergeKind.HAND, user=None, now=now)[0]


def test_who_stays_keeps_what_it_has_gets_what_it_has_not_and_undoing_gives_both_back():
    ann, anna = customers(2)
    write(ann, note="tea", ring="3")
    write(anna, note="coffee", vat="yes", now=LATER)

    done = merge(ann, anna)
    assert plain(ann) == {"note": "tea", "ring": "3", "vat": "yes"}
    assert plain(anna) == {}

    services.undo_merge(done.merge_id, user=None, now=LATER)
    assert plain(ann) == {"note": "tea", "ring": "3"}
    assert plain(anna) == {"note": "coffee", "vat": "yes"}
    assert not FieldValue.objects.filter(spare=True).exists()


def test_what_is_said_of_merged_customers_goes_to_whom_it_was_said_of():
    ann, anna = customers(2)
    done = merge(ann, anna)
    write(anna, ring="4", now=LATER)
    write(ann, note="tea", now=LATER)
    assert plain(ann) == {"note": "tea", "ring": "4"}

    services.undo_merge(done.merge_id, user=None, now=LATER)
    assert (plain(ann), plain(anna)) == ({"note": "tea"}, {"ring": "4"})


def test_emptying_a_field_of_merged_customers_empties_it_whoever_had_filled_it():
    ann, anna = customers(2)
    write(anna, note="coffee")
    done = merge(ann, anna)
    write(ann, note="", now=LATER)
    assert plain(ann) == {}

    services.undo_merge(done.merge_id, user=None, now=LATER)
    assert (plain(ann), plain(anna)) == ({}, {"note": "coffee"})


def test_a_chain_of_merges_undone_out_of_order_gives_everyone_their_own():
    people = customers(3)
    for number, one in enumerate(people):
        write(one, ring=str(number), now=NOW + timedelta(hours=number))
    first = merge(people[1], people[0])
    second = merge(people[2], people[1])
    assert plain(people[2]) == {"ring": "2"}
    write(people[2], ring="", now=LATER)
    assert plain(people[2]) == {}

    services.undo_merge(first.merge_id, user=None, now=LATER)
    assert (plain(people[0]), plain(people[2])) == ({"ring": "0"}, {})
    services.undo_merge(second.merge_id, user=None, now=LATER)
    assert [plain(one) for one in people] == [{"ring": "0"}, {"ring": "1"}, {}]


def test_erasing_a_customer_clears_the_fields_of_all_who_are_merged():
    ann, anna = customers(2)
    write(ann, note="tea")
    write(anna, passport="E12345678", metal="Gold")
    merge(ann, anna)

    services.erase(ann, user=None, now=LATER)

    assert queries.values([ann, anna]) == {}
    columns = ("filled", "text", "number", "day", "flag", "choice_id")
    assert set(FieldValue.objects.values_list(*columns)) == {(False, "", None, None, None, None)}
    assert {one.sealed for one in FieldValue.objects.all()} == {""}
    assert [one.key for one in write(ann, note="again", now=LATER)] == ["note"]
