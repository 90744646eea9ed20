"""Rights: each is declared once by the room it protects; views, endpoints and menus name them by code."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from guanxi.core.models import User

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]
PUBLIC = "public"
SIGNED_IN = "signed-in"
KNOWN = "core.known_rights"
"""The setting that lists the rights which built-in roles were offered."""


@dataclass(frozen=True, slots=True)
class Permission:
    code: str
    label: Promise | str
    roles: tuple[str, ...] = ()
    """Codes of the built-in roles that have it from the start; administrators have all."""


PERMISSIONS: dict[str, Permission] = {}

BUILT_IN_ROLES: dict[str, Promise] = {
    "administrator": _("Administrator"),
    "marketer": _("Marketer"),
    "shop_operator": _("Shop operator"),
    "sales": pgettext_lazy("role", "Sales"),
    "service": pgettext_lazy("role", "Service"),
    "analyst": _("Analyst"),
    "read_only": _("Read-only"),
}
EVERYONE = tuple(code for code in BUILT_IN_ROLES if code != "administrator")


def declare(*permissions: Permission) -> None:
    """Add rights; called at import of each room's permissions.py."""
    PERMISSIONS.update({permission.code: permission for permission in permissions})


def requires(code: str) -> Callable[[View], View]:
    """The view is for signed-in people with this right (or any signed-in person, with SIGNED_IN)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if code != SIGNED_IN and not user.may(code):
                raise PermissionDenied(code)
            return view(request, *args, **kwargs)

        checked.access = code  # type: ignore[attr-defined]
        return checked

    return decorate


def actor(request: HttpRequest) -> "User":
    """Who asks: the person signed in, or a token's owner. Only behind `requires` or an endpoint's Scope."""
    from guanxi.core.models import User

    assert isinstance(request.user, User)
    return request.user


def public(view: View) -> View:
    """The view is for anyone, signed in or not."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def sync_roles() -> None:
    """Make the built-in roles that are missing, and give those that exist the rights declared since the last time.

    A right is offered once: what an administrator took away stays away.
    """
    from guanxi.core import preferences
    from guanxi.core.models import Role

    known = set(preferences.get(KNOWN, list(PERMISSIONS)))
    for code, label in BUILT_IN_ROLES.items():
        granted = {permission.code for permission in PERMISSIONS.values() if code in permission.roles}
        role, made = Role.objects.get_or_create(
            code=code,
            defaults={"name": str(label), "permissions": sorted(granted), "all_permissions": code == "administrator"},
        )
        if not made and (new := granted - known - set(role.permissions)):
            role.permissions = sorted({*role.permissions, *new})
            role.save(update_fields=["permissions"])
    preferences.put(KNOWN, sorted(known | set(PERMISSIONS)))


declare(
    Permission("core.users", _("Manage users and roles")),
    Permission("core.audit", _("See who did what")),
    Permission("core.settings", _("Change settings")),
    Permission("core.jobs", _("See and cancel jobs of others"), ("marketer", "shop_operator", "analyst")),
    Permission("core.events", _("Read the event log"), ("analyst",)),
    Permission("core.events_write", _("Record events of one's own"), ("shop_operator",)),
    Permission("core.tokens", _("Make API tokens"), ("analyst",)),
)
