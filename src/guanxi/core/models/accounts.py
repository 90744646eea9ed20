"""People who sign in, what they may do, and the tokens that act for them."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.Model):
    """A named set of rights, editable by the administrator."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    permissions = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    all_permissions = models.BooleanField(_("may do everything"), default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A member of the merchant's staff."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    roles = models.ManyToManyField(Role, related_name="users", blank=True, verbose_name=_("roles"))
    is_active = models.BooleanField(_("may sign in"), default=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    password_is_temporary = models.BooleanField(default=False)
    """Somebody else has seen it: nothing opens before its owner has chosen another."""
    theme = models.CharField(_("theme"), max_length=10, default="auto")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def rights(self) -> frozenset[str]:
        """Codes of everything this person may do, over all their roles."""
        if not hasattr(self, "_rights"):
            from guanxi.core.permissions import PERMISSIONS

            roles = list(self.roles.all()) if self.is_active else []
            everything = any(role.all_permissions for role in roles)
            self._rights = frozenset(
                PERMISSIONS if everything else (code for role in roles for code in role.permissions)
            )
        return self._rights

    def may(self, code: str) -> bool:
        return code in self.rights

    # Django and its libraries ask these of a user; rights here are codes of ours.
    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.may(perm)

    def has_module_perms(self, app_label: str) -> bool:
        return any(code.startswith(f"{app_label}.") for code in self.rights)

    @property
    def is_staff(self) -> bool:
        return False


class ApiToken(models.Model):
    """A key for the API. Only a hash of it is kept; it acts with its scopes and never more than its owner's rights."""

    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    prefix = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=80), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
