"""Rights over tiers."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import EVERYONE, Permission, declare

declare(
    Permission("loyalty.tiers", _("See tiers and who holds them"), EVERYONE),
    Permission("loyalty.tiers_edit", _("Make and change tier programmes"), ("marketer", "shop_operator")),
    Permission("loyalty.tiers_set", _("Set a customer's tier by hand"), ("marketer", "shop_operator", "service")),
    Permission("loyalty.tiers_export", _("Export lists of tiers"), ("marketer", "shop_operator", "analyst")),
)
