import io
import json

import pytest
from django.core.management import CommandError, call_command

from guanxi.core.models import AuditEntry, User

pytestmark = pytest.mark.django_db


def test_an_administrator_is_made_with_a_password_shown_once() -> None:
    out = io.StringIO()
    call_command(
        "user", "create", email="Ada@Example.com", role=["administrator"], generate=True, json=True, stdout=out
    )
    answer = json.loads(out.getvalue())
    user = User.objects.get(email="ada@example.com")
    assert user.check_password(answer["password"])
    assert user.may("core.users")
    assert AuditEntry.objects.filter(action="user.created", subject_id=user.pk).exists()


@pytest.mark.parametrize(
    ("email", "role", "message"),
    [("not an address", "sales", "not an e-mail"), ("b@example.com", "king", "no role called king; there are: admin")],
)
def test_mistakes_are_told_and_change_nothing(email: str, role: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("user", "create", email=email, role=[role], generate=True, json=True)
    assert not User.objects.exists()


def test_a_role_gives_only_its_rights() -> None:
    call_command(
        "user", "create", email="r@example.com", role=["read_only"], generate=True, json=True, stdout=io.StringIO()
    )
    assert not User.objects.get().may("core.users")
