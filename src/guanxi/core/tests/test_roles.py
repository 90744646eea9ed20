"""What built-in roles may do from the start, and after rooms have declared more."""

import pytest

from guanxi.core import permissions
from guanxi.core.models import Role
from guanxi.core.permissions import Permission, sync_roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> dict[str, Permission]:
    """Rights of the test's own, which no role was offered yet."""
    monkeypatch.setattr(permissions, "PERMISSIONS", declared := {"a.view": Permission("a.view", "See", ("marketer",))})
    Role.objects.all().delete()
    sync_roles()
    return declared


def rights(code: str) -> list[str]:
    return Role.objects.get(code=code).permissions


def test_a_right_declared_later_is_given_once(rooms: dict[str, Permission]) -> None:
    rooms["b.write"] = Permission("b.write", "Write", ("marketer", "sales"))
    sync_roles()
    assert (rights("marketer"), rights("sales"), rights("service")) == (["a.view", "b.write"], ["b.write"], [])


def test_a_right_that_was_taken_away_stays_away(rooms: dict[str, Permission]) -> None:
    Role.objects.filter(code="marketer").update(permissions=[])
    sync_roles()
    assert rights("marketer") == []
    rooms["b.write"] = Permission("b.write", "Write", ("marketer",))
    sync_roles()
    assert rights("marketer") == ["b.write"]


def test_a_right_that_an_administrator_added_stays(rooms: dict[str, Permission]) -> None:
    Role.objects.filter(code="sales").update(permissions=["a.view"])
    sync_roles()
    assert rights("sales") == ["a.view"]
