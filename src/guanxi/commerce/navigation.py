"""Menu entries of the commerce room, and what the palette finds in it."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guanxi.commerce import queries
from guanxi.core.web import audit_log, palette
from guanxi.core.web.navigation import Entry, add

add(
    Entry(
        section="orders",
        label=_("Orders"),
        url_name="commerce:orders",
        permission="commerce.view",
        icon="shopping-bag",
        order=10,
        keywords="orders sales 订单 訂單",
    ),
    Entry(
        section="orders",
        label=_("Imports"),
        url_name="commerce:imports",
        permission="commerce.view",
        icon="upload",
        order=20,
        keywords="import files history 导入 匯入",
    ),
    Entry(
        section="orders",
        label=_("Shops"),
        url_name="commerce:shops",
        permission="commerce.view",
        icon="building-store",
        order=30,
        keywords="shops stores 店铺 商店",
    ),
    Entry(
        section="orders",
        label=_("Products"),
        url_name="commerce:products",
        permission="commerce.view",
        icon="package",
        order=40,
        keywords="products goods 商品 产品 產品",
    ),
)
palette.add_action(
    palette.Action(
        _("Import orders"),
        "commerce:import",
        "commerce.import",
        icon="upload",
        keywords="upload file 导入订单 匯入訂單",
    ),
    palette.Action(_("New shop"), "commerce:shop_new", "commerce.shops", icon="plus", keywords="新店铺 新商店"),
)


def _find_orders(request: HttpRequest, text: str) -> list[palette.Hit]:
    return [
        palette.Hit(card.external_id, reverse("commerce:order", args=[card.id]), "shopping-bag", card.shop_name)
        for card in queries.orders_numbered(text, limit=palette.MOST_HITS)
    ]


palette.add_provider(_("Orders"), _find_orders, permission="commerce.view")
audit_log.add_labels(
    {
        "shop.created": _("Made a shop"),
        "shop.changed": _("Changed a shop"),
        "shop.mapping_saved": _("Saved how a shop's files are read"),
        "shop.mapping_forgotten": _("Forgot how a shop's files are read"),
        "import.started": _("Started an import"),
        "import.cancelled": _("Stopped an import"),
        "import.continued": _("Went on with an import"),
        "import.discarded": _("Removed an uploaded file"),
        "import.rejected_downloaded": _("Downloaded rejected rows"),
    }
)
