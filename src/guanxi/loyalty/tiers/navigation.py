"""Tiers in the menu and in the audit."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.web import audit_log, palette
from guanxi.core.web.navigation import Entry, add

add(
    Entry(
        section="loyalty",
        label=_("Tiers"),
        url_name="loyalty:tiers",
        permission="loyalty.tiers",
        icon="stairs-up",
        order=10,
        keywords="tier level silver gold vip 会员等级 會員等級 等级 等級",
    )
)
palette.add_action(
    palette.Action(
        _("New tier programme"),
        "loyalty:tier_programme_new",
        "loyalty.tiers_edit",
        icon="plus",
        keywords="新建会员等级",
    )
)
audit_log.add_labels(
    {
        "tiers.created": _("Made a tier programme"),
        "tiers.changed": _("Changed a tier programme"),
        "tiers.closed": _("Ended a tier programme"),
        "tiers.set_by_hand": _("Set a customer's tier by hand"),
        "tiers.grant_ended": _("Took back a tier set by hand"),
    }
)
