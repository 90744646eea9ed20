"""Core's own pages in the menu."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import SIGNED_IN
from guanxi.core.web.navigation import Entry, add

add(Entry("settings", _("Profile"), "core:profile", SIGNED_IN, icon="user", order=90, keywords="language theme"))
