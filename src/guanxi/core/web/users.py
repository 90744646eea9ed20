"""The people who sign in."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from guanxi.core import staff
from guanxi.core.models import Role, User
from guanxi.core.permissions import BUILT_IN_ROLES, requires
from guanxi.core.web import tables, user_actions

ACTIVE = [("yes", gettext_lazy("May sign in")), ("no", gettext_lazy("Switched off"))]

USERS = tables.Table(
    name="users",
    columns=[
        tables.Column(
            key="name",
            label=gettext_lazy("Name"),
            sort="name",
            link=lambda user: reverse("core:user", args=[user.pk]),
        ),
        tables.Column(key="email", label=gettext_lazy("E-mail"), sort="email"),
        tables.Column(
            key="roles",
            label=gettext_lazy("Roles"),
            cell=lambda user: ", ".join(role_name(role) for role in user.roles.all()),
        ),
        tables.Column(
            key="active",
            label=gettext_lazy("Sign-in"),
            cell="is_active",
            template="core/cells/active.html",
            csv="is_active",
        ),
        tables.Column(key="last_login", label=gettext_lazy("Last sign-in"), sort="last_login"),
        tables.Column(key="created_at", label=gettext_lazy("Since"), sort="created_at", shown=False),
    ],
    filters=[
        tables.ChoiceFilter(
            key="role",
            label=gettext_lazy("Role"),
            choices=lambda: [(role.pk, role_name(role)) for role in Role.objects.all()],
            apply=lambda rows, ids: rows.filter(roles__in=ids).distinct(),
        ),
        tables.ChoiceFilter(
            key="active",
            label=gettext_lazy("Sign-in"),
            choices=ACTIVE,
            apply=lambda rows, values: rows.filter(is_active__in=[value == "yes" for value in values]),
        ),
    ],
    search=["name", "email"],
    default_sort="name",
)


def role_name(role: Role) -> str:
    """Built-in roles are named in the reader's language."""
    label = BUILT_IN_ROLES.get(role.code)
    return str(label) if label else role.name


class RoleChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Role) -> str:
        return role_name(obj)


class NewUserForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    roles = RoleChoice(
        label=gettext_lazy("Roles"), queryset=Role.objects.all(), widget=forms.CheckboxSelectMultiple, required=False
    )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(_("Someone signs in with this address already."))
        return email


class UserForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    roles = RoleChoice(
        label=gettext_lazy("Roles"), queryset=Role.objects.all(), widget=forms.CheckboxSelectMultiple, required=False
    )
    is_active = forms.BooleanField(label=gettext_lazy("May sign in"), required=False)


@requires("core.users")
def users(request: HttpRequest) -> HttpResponseBase:
    return tables.respond(request, USERS, User.objects.prefetch_related("roles"), template="core/users.html")


@requires("core.users")
@never_cache
def user_create(request: HttpRequest) -> HttpResponse:
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = staff.create_user(**form.cleaned_data, by=actor(request), request=request)
        except staff.StaffError as error:
            form.add_error(None, str(error))
        else:
            return render(request, "core/password_once.html", {"person": user, "password": password})
    return render(request, "core/user_new.html", {"form": form})


@requires("core.users")
def user_edit(request: HttpRequest, user_id: int) -> HttpResponse:
    person = get_object_or_404(User.objects.prefetch_related("roles"), pk=user_id)
    initial = {"name": person.name, "roles": person.roles.all(), "is_active": person.is_active}
    form = UserForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            staff.change_user(person, **form.cleaned_data, by=actor(request), request=request)
        except staff.StaffError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("core:users")
    second_step = person.authenticator_set.filter(type="totp").exists()  # type: ignore[attr-defined]
    links = user_actions.links(about=person.pk, reader=actor(request))
    return render(
        request, "core/user.html", {"form": form, "person": person, "second_step": second_step, "links": links}
    )


@requires("core.users")
@require_POST
@never_cache
def user_password(request: HttpRequest, user_id: int) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    try:
        password = staff.set_temporary_password(person, by=actor(request), request=request)
    except staff.StaffError as error:
        messages.error(request, str(error))
        return redirect("core:user", person.pk)
    return render(request, "core/password_once.html", {"person": person, "password": password})


@requires("core.users")
@require_POST
def user_second_step(request: HttpRequest, user_id: int) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    try:
        staff.remove_second_step(person, by=actor(request), request=request)
        messages.success(request, _("Two-step sign-in is off for this person."))
    except staff.StaffError as error:
        messages.error(request, str(error))
    return redirect("core:user", person.pk)


def actor(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
