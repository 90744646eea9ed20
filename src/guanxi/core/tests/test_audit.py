import pytest
from django.db import DatabaseError

from guanxi.core import audit
from guanxi.core.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_what() -> None:
    entry = audit.record("customer.revealed", actor=None, subject=("customer", 5), detail={"field": "phone"})
    assert (entry.action, entry.subject_kind, entry.subject_id, entry.detail) == (
        "customer.revealed",
        "customer",
        5,
        {"field": "phone"},
    )


@pytest.mark.parametrize("change", ["update", "delete"])
def test_nobody_alters_the_record(change: str) -> None:
    audit.record("x", actor=None)
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEntry.objects.update(action="y") if change == "update" else AuditEntry.objects.all().delete()
