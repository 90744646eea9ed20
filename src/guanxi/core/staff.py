"""The people who sign in and what their roles let them do. Every change is on record."""

import secrets
from collections.abc import Collection, Sequence

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext as _

from guanxi.core import audit
from guanxi.core.models import Role, User
from guanxi.core.permissions import BUILT_IN_ROLES, PERMISSIONS


class StaffError(ValueError):
    """The change may not be made; the message is for people."""


def colleagues() -> list[tuple[int, str]]:
    """Everyone who may sign in, by name: number and name."""
    return list(User.objects.filter(is_active=True).order_by("name", "pk").values_list("pk", "name"))


def names(numbers: Collection[int | None]) -> dict[int, str]:
    """Names of users by number, those who left included."""
    known = {number for number in numbers if number}
    return dict(User.objects.filter(pk__in=known).values_list("pk", "name")) if known else {}


def rights_of(roles: Collection[Role]) -> frozenset[str]:
    if any(role.all_permissions for role in roles):
        return frozenset(PERMISSIONS)
    return frozenset(code for role in roles for code in role.permissions)


@transaction.atomic
def create_user(
    *, email: str, name: str, roles: Sequence[Role], by: User, request: HttpRequest | None = None
) -> tuple[User, str]:
    """Make an account. The second of the pair is its temporary password. Raises StaffError."""
    _refuse_more_than_own(rights_of(roles), by)
    password = _temporary_password()
    user = User.objects.create_user(email, password, name=name, password_is_temporary=True)
    user.roles.set(roles)
    _record("user.created", user, by, request, roles=[role.code for role in roles])
    return user, password


@transaction.atomic
def change_user(
    user: User, *, name: str, roles: Sequence[Role], is_active: bool, by: User, request: HttpRequest | None = None
) -> None:
    """Rename, give other roles, let in or keep out. Raises StaffError."""
    old_roles = list(user.roles.all())
    before = {"roles": sorted(role.code for role in old_roles), "active": user.is_active}
    _refuse_more_than_own(rights_of(roles) - rights_of(old_roles), by)
    if user.pk != by.pk:
        _refuse_more_than_own(rights_of(old_roles), by)
    user.name, user.is_active = name, is_active
    user.save(update_fields=["name", "is_active"])
    user.roles.set(roles)
    _keep_an_administrator()
    after = {"roles": sorted(role.code for role in roles), "active": is_active}
    changed = {key: {"from": before[key], "to": after[key]} for key in after if before[key] != after[key]}
    _record("user.changed", user, by, request, **changed)


@transaction.atomic
def set_temporary_password(user: User, *, by: User, request: HttpRequest | None = None) -> str:
    """A new password, which ends all sessions of the account. Raises StaffError."""
    _refuse_more_than_own(rights_of(list(user.roles.all())), by)
    password = _temporary_password()
    user.set_password(password)
    user.password_is_temporary = True
    user.save(update_fields=["password", "password_is_temporary"])
    _record("user.password_set", user, by, request)
    return password


@transaction.atomic
def remove_second_step(user: User, *, by: User, request: HttpRequest | None = None) -> None:
    """For someone who lost phone and recovery codes. Raises StaffError."""
    _refuse_more_than_own(rights_of(list(user.roles.all())), by)
    Authenticator.objects.filter(user=user).delete()
    _record("user.second_step_removed", user, by, request)


@transaction.atomic
def create_role(*, name: str, by: User, request: HttpRequest | None = None) -> Role:
    """A role without rights, to be given them in the matrix."""
    base = slugify(name) or "role"
    code, number = base, 2
    while Role.objects.filter(code=code).exists():
        code, number = f"{base}-{number}", number + 1
    role = Role.objects.create(code=code, name=name)
    audit.record("role.created", actor=by, subject=("role", role.pk), detail={"code": code}, request=request)
    return role


@transaction.atomic
def set_rights(role: Role, *, rights: Collection[str], by: User, request: HttpRequest | None = None) -> None:
    """Give a role exactly these rights; codes that no room declares are passed over. Raises StaffError."""
    role = Role.objects.select_for_update().get(pk=role.pk)
    if role.all_permissions:
        raise StaffError(_("Administrators have every right; that cannot be changed."))
    wanted, had = {code for code in rights if code in PERMISSIONS}, set(role.permissions)
    if wanted == had:
        return
    _refuse_more_than_own(wanted ^ had, by)
    role.permissions = sorted(wanted)
    role.save(update_fields=["permissions"])
    detail: dict[str, object] = {"added": sorted(wanted - had), "removed": sorted(had - wanted)}
    audit.record("role.changed", actor=by, subject=("role", role.pk), detail=detail, request=request)


@transaction.atomic
def delete_role(role: Role, *, by: User, request: HttpRequest | None = None) -> None:
    """Raises StaffError for a built-in role and for one that somebody has."""
    if role.code in BUILT_IN_ROLES:
        raise StaffError(_("Built-in roles stay; take away their rights instead."))
    if role.users.exists():
        raise StaffError(_("People still have this role; give them another first."))
    audit.record("role.deleted", actor=by, subject=("role", role.pk), detail={"code": role.code}, request=request)
    role.delete()


def _record(action: str, user: User, by: User, request: HttpRequest | None, **detail: object) -> None:
    audit.record(action, actor=by, subject=("user", user.pk), detail=detail, request=request)


def _refuse_more_than_own(rights: Collection[str], by: User) -> None:
    if not set(rights) <= by.rights:
        raise StaffError(_("Nobody can give, take or manage rights beyond their own."))


def _keep_an_administrator() -> None:
    """Locked, so that two administrators cannot remove each other at the same moment."""
    list(Role.objects.select_for_update().filter(all_permissions=True))
    if not User.objects.filter(is_active=True, roles__all_permissions=True).exists():
        raise StaffError(_("At least one administrator must remain who can sign in."))


def _temporary_password() -> str:
    return secrets.token_urlsafe(9)
