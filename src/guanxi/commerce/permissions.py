"""Rights of the commerce room."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import EVERYONE, Permission, declare

declare(
    Permission("commerce.view", _("See orders, shops and products"), EVERYONE),
    Permission("commerce.import", _("Import files of orders"), ("marketer", "shop_operator")),
    Permission("commerce.export", _("Export lists of orders"), ("marketer", "shop_operator", "analyst")),
    Permission("commerce.shops", _("Add and change shops"), ("shop_operator",)),
)
