"""Rotation of the data keys."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from guanxi.core.crypto import Keyring, keyring, save_keyring
from guanxi.customers import queries, rekeying
from guanxi.customers.models import Customer
from guanxi.customers.testing import customers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ring_of_this_test(home: Path) -> Iterator[None]:
    save_keyring(Keyring(data=keyring().data, index=keyring().index))
    yield
    keyring.cache_clear()


def keys(*arguments: str) -> list[dict[str, object]]:
    out = io.StringIO()
    call_command("keys", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_rotation_seals_everything_with_a_new_key_and_search_still_works() -> None:
    ids = customers(5)
    (before,) = [key for key in keys("list") if key["in_use"]]
    assert before["values"] == 25
    number = int(str(before["key"]))
    assert keys("rotate")[:2] == [
        {"key": number + 1, "in_use": True, "values": 25},
        {"key": number, "in_use": False, "values": 0},
    ]
    assert sorted(row.name for row in Customer.objects.all()) == [f"Person {n}" for n in range(10_000, 10_005)]
    assert queries.search("person10003@example.com") == [ids[3]]


def test_rotation_cut_off_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    customers(6)
    monkeypatch.setattr(rekeying, "BATCH", 2)
    save_keyring(keyring().with_new_key())
    rekeying._reseal_batch("customers_customer", "id", {"name": "customers_customer.name"}, 0)
    half = {key.number: key.values for key in rekeying.count()}
    assert half[keyring().current] == 2
    rekeying.rotate(new_key=False)
    assert {key.values for key in rekeying.count() if not key.current} == {0}


def test_keys_from_the_environment_are_not_changed_by_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_DATA_KEYS", keyring().dump())
    with pytest.raises(CommandError, match="GUANXI_DATA_KEYS"):
        keys("rotate")


def test_every_column_but_the_time_of_sight_is_watched() -> None:
    """A column that a migration adds must be added to the trigger, or the warehouse would not see it change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(a.attname::text) FROM pg_trigger t JOIN pg_attribute a"
            " ON a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr)"
            " WHERE t.tgname LIKE 'customers_customer_mark_%'"
        )
        watched = set(cursor.fetchone()[0])
    columns = {field.column for field in Customer._meta.local_fields}
    assert columns - watched == {"id", "profile_seen_at", "changed_xact"}
