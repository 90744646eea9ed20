"""Rights of coupons."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import EVERYONE, Permission, declare

declare(
    Permission("coupons.view", _("See coupons and what came of them"), EVERYONE),
    Permission("coupons.edit", _("Make, change and give coupons"), ("marketer", "shop_operator")),
    Permission("coupons.codes", _("See and export codes of coupons in full"), ("marketer", "shop_operator")),
    Permission("coupons.redeem", _("Use coupons and give uses back"), ("shop_operator", "service")),
)
