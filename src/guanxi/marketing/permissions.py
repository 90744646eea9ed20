"""Rights of the marketing room."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import Permission, declare

declare(
    Permission(
        "marketing.view",
        _("See campaigns and their results"),
        ("marketer", "shop_operator", "sales", "analyst", "read_only"),
    ),
    Permission("marketing.edit", _("Make and change campaigns"), ("marketer", "shop_operator")),
    Permission("marketing.launch", _("Launch, pause and cancel campaigns"), ("marketer",)),
)
