from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import EVERYONE, Permission, declare

declare(
    Permission("visits.view", _("See who visits the websites and what they want"), EVERYONE),
    Permission("visits.settings", _("Connect websites and say how long visits are kept"), ("shop_operator",)),
    Permission("visits.record", _("Record visits from a shop's server"), ("shop_operator",)),
)
