from django.utils.translation import gettext_lazy as _

from guanxi.core.web import audit_log, navigation, palette
from guanxi.core.web.navigation import Entry

navigation.add(
    Entry(
        "customers",
        _("Potential customers"),
        "visits:potential",
        "customers.view",
        icon="flame",
        order=30,
        keywords="leads hot visitors 潜在客户 潛在客戶 线索",
    ),
    Entry(
        "customers",
        _("Website visitors"),
        "visits:visitors",
        "visits.view",
        icon="world",
        order=40,
        keywords="browsing sources traffic 访客 訪客 来源 流量",
    ),
    Entry(
        "settings",
        _("Websites"),
        "visits:sites",
        "visits.settings",
        icon="world-cog",
        order=45,
        keywords="script snippet tracking 网站 網站 埋点",
    ),
)
palette.add_action(palette.Action(_("Connect a website"), "visits:site_new", "visits.settings", icon="plus"))
audit_log.add_labels(
    {
        "website.created": _("Connected a website"),
        "website.changed": _("Changed a website"),
        "website.keeping_changed": _("Changed how long visits are kept"),
    }
)
