"""What each role may do: rights down, by room, and roles across."""

from django.apps import apps
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.core import staff
from guanxi.core.models import Role
from guanxi.core.permissions import BUILT_IN_ROLES, PERMISSIONS, Permission, requires
from guanxi.core.web.users import actor, role_name

ROOMS = {
    "core": gettext_lazy("Administration"),
    "customers": gettext_lazy("Customers"),
    "commerce": gettext_lazy("Orders"),
    "messaging": gettext_lazy("Messages"),
    "segments": gettext_lazy("Segments"),
    "marketing": gettext_lazy("Marketing"),
    "analytics": gettext_lazy("Insights"),
    "warehouse": gettext_lazy("Warehouse"),
    "loyalty": gettext_lazy("Loyalty"),
    "coupons": gettext_lazy("Coupons"),
    "visits": gettext_lazy("Website visitors"),
}


def by_room() -> list[tuple[str, list[Permission]]]:
    """Every right, grouped by the room that declares it."""
    rooms: dict[str, list[Permission]] = {room: [] for room in ROOMS}
    for permission in PERMISSIONS.values():
        rooms.setdefault(permission.code.partition(".")[0], []).append(permission)
    return [
        (str(ROOMS.get(room) or apps.get_app_config(room).verbose_name), rights)
        for room, rights in rooms.items()
        if rights
    ]


@requires("core.users")
def roles(request: HttpRequest) -> HttpResponse:
    every = sorted(Role.objects.all(), key=lambda role: (not role.all_permissions, role.code not in BUILT_IN_ROLES))
    if request.method == "POST":
        return _save(request, every)
    matrix = [(room, [(right, _cells(right, every)) for right in rights]) for room, rights in by_room()]
    heads = [(role, role_name(role), role.code in BUILT_IN_ROLES) for role in every]
    return render(request, "core/roles.html", {"matrix": matrix, "heads": heads, "own_rights": actor(request).rights})


def _cells(right: Permission, every: list[Role]) -> list[tuple[Role, bool]]:
    return [(role, role.all_permissions or right.code in role.permissions) for role in every]


def _save(request: HttpRequest, every: list[Role]) -> HttpResponse:
    try:
        for role in every:
            if not role.all_permissions and f"shown-{role.pk}" in request.POST:
                rights = request.POST.getlist(f"role-{role.pk}")
                staff.set_rights(role, rights=rights, by=actor(request), request=request)
    except staff.StaffError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The rights are saved."))
    return redirect("core:roles")


@requires("core.users")
@require_POST
def role_create(request: HttpRequest) -> HttpResponse:
    name = request.POST.get("name", "").strip()[:80]
    if name:
        staff.create_role(name=name, by=actor(request), request=request)
        messages.success(request, _("The role is there; now give it rights."))
    else:
        messages.error(request, _("A role needs a name."))
    return redirect("core:roles")


@requires("core.users")
@require_POST
def role_delete(request: HttpRequest, role_id: int) -> HttpResponse:
    role = get_object_or_404(Role, pk=role_id)
    try:
        staff.delete_role(role, by=actor(request), request=request)
        messages.success(request, _("The role is deleted."))
    except staff.StaffError as error:
        messages.error(request, str(error))
    return redirect("core:roles")
