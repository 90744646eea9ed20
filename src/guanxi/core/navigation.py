"""Core's own pages in the menu."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import SIGNED_IN
from guanxi.core.web.navigation import Entry, add
from guanxi.core.web.palette import Action, add_action

add(
    Entry("settings", _("Merchant"), "core:merchant", "core.settings", icon="building-store", order=10),
    Entry("settings", _("Users"), "core:users", "core.users", icon="users-group", order=20, keywords="staff people"),
    Entry("settings", _("Roles"), "core:roles", "core.users", icon="shield-check", order=30, keywords="rights"),
    Entry("settings", _("Jobs"), "core:jobs", SIGNED_IN, icon="checklist", order=60, keywords="tasks progress"),
    Entry("settings", _("Audit"), "core:audit", "core.audit", icon="history", order=70, keywords="log who did what"),
    Entry("settings", _("API tokens"), "core:tokens", "core.tokens", icon="key", order=80, keywords="api key"),
    Entry("settings", _("Profile"), "core:profile", SIGNED_IN, icon="user", order=90, keywords="language theme"),
)
add_action(
    Action(_("New user"), "core:user_create", "core.users", icon="user-plus"),
    Action(_("Change password"), "account_change_password", SIGNED_IN, icon="key"),
    Action(_("Two-step sign-in"), "mfa_index", SIGNED_IN, icon="shield-lock", keywords="mfa totp"),
)
