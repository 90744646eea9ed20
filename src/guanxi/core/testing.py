"""Invented staff for tests of every room."""

from functools import cache
from itertools import count

from django.contrib.auth.hashers import get_hasher, make_password
from django.test import Client

from guanxi.core.models import Role, User
from guanxi.core.permissions import BUILT_IN_ROLES, PERMISSIONS

PASSWORD = "blue-teapot-42"  # noqa: S105 (of invented people)
_numbers = count(1)


@cache
def _hashed_password(algorithm: str) -> str:
    return make_password(PASSWORD, hasher=algorithm)  # slow on purpose, so once is enough


def make_role(code: str, *, permissions: list[str] | None = None) -> Role:
    """A role with just these rights; the built-in one as it is from the start when none are given."""
    built_in = code in BUILT_IN_ROLES and permissions is None
    granted = sorted(p.code for p in PERMISSIONS.values() if code in p.roles) if built_in else permissions or []
    defaults = {"name": code, "permissions": granted, "all_permissions": code == "administrator" and built_in}
    return Role.objects.get_or_create(code=code, defaults=defaults)[0]


def make_user(
    *,
    role: str = "administrator",
    permissions: list[str] | None = None,
    email: str = "",
    name: str = "",
    language: str = "",
) -> User:
    """Someone with a built-in role, or with exactly ``permissions``. Signs in with PASSWORD."""
    number = next(_numbers)
    if permissions is not None:
        role = f"only-{number}"
    email = email or f"{role.replace('_', '-')}-{number}@shop.example"
    user = User(
        email=email,
        name=name or f"Test {role} {number}",
        language=language,
        password=_hashed_password(get_hasher().algorithm),
    )
    user.save()
    user.roles.add(make_role(role, permissions=permissions))
    return user


def signed_in(client: Client, *, role: str = "administrator", permissions: list[str] | None = None) -> User:
    """Sign a new person in on this client."""
    user = make_user(role=role, permissions=permissions)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user
