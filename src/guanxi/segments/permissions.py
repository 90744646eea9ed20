"""Rights of the segments room."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import EVERYONE, Permission, declare

declare(
    Permission("segments.view", _("See segments and who is in them"), EVERYONE),
    Permission("segments.edit", _("Make and change segments"), ("marketer", "shop_operator", "analyst")),
)
