"""Rights of the analytics room."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import Permission, declare

declare(
    Permission(
        "analytics.view",
        _("See reports and the rows behind their numbers"),
        ("marketer", "shop_operator", "sales", "analyst", "read_only"),
    ),
    Permission("analytics.run", _("Run models now"), ("marketer", "analyst")),
)
