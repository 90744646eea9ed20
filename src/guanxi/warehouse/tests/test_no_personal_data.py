"""The warehouse has the columns of the contract, and nothing by which a person could be known."""

from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest
from django.apps import apps
from django.utils import timezone

from guanxi.warehouse import facts, rfm, services, store
from guanxi.warehouse.specs import TABLES
from guanxi.warehouse.testing import CONTRACT, columns

PERSON = {
    "name": "Wang Invented Meili",
    "phone": "+8613800991234",
    "email": "meili.invented@example.org",
    "address": "7 Nowhere Lane, 310099",
    "birth_date": "1987-11-29",
}
PERSONAL = {"name", "phone", "email", "address", "birth_date", "name_tokens", "account", "value_hash", "last_four"}


@pytest.mark.django_db(transaction=True)
def test_files_hold_the_columns_of_the_contract_and_no_personal_value(home):
    customers = apps.get_model("customers", "Customer").objects  # a room above this one
    customers.create(**PERSON, gender="female", region="Zhejiang", created_at=timezone.now(), updated_at=timezone.now())
    sealed = customers.extra(select={"raw": "phone"}).values_list("raw", flat=True).get()
    services.refresh(now=datetime(2026, 5, 10, tzinfo=UTC))
    place = store.folder()
    tables = store.load(place).tables
    found = {name: set(pq.read_schema(place / files.base[0]).names) for name, files in tables.items()}
    assert set(found) == {*TABLES, facts.TABLE, rfm.TABLE}
    thresholds = found.pop(rfm.TABLE)
    assert thresholds == {f"{measure}_{cut}" for measure in rfm.MEASURES for cut in rfm.CUTS}
    assert found == {name: set(columns(name)) for name in CONTRACT}
    assert tables["customers"].base_rows == 1
    for path in place.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not [value for value in (*PERSON.values(), "Invented", "13800991234") if value.encode() in content]
        assert bytes(sealed) not in content


def test_the_contract_names_no_personal_column():
    of_people = {"customers", "customer_tags", "consents", "orders", "messages", "campaign_members", "customer_facts"}
    assert not {column for name in of_people for column in columns(name)} & PERSONAL
