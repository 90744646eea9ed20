"""Rights of points."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import EVERYONE, Permission, declare

declare(
    Permission("loyalty.points", _("See points and where they come from"), EVERYONE),
    Permission("loyalty.points_settings", _("Change how points are earned and spent"), ("marketer",)),
    Permission("loyalty.points_adjust", _("Give and take points by hand"), ("marketer", "shop_operator", "service")),
    Permission("loyalty.points_approve", _("Approve points given by hand above the limit"), ("marketer",)),
    Permission("loyalty.points_spend", _("Spend customers' points at a till or in a shop"), ("shop_operator",)),
)
