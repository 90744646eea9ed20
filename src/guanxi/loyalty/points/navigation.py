"""Menu entries of points."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.web import audit_log, palette
from guanxi.core.web.navigation import Entry, add

add(
    Entry("loyalty", _("Points"), "loyalty:points", "loyalty.points", order=20, keywords="积分 積分 ledger bonus"),
    Entry(
        "loyalty",
        _("Points by hand"),
        "loyalty:points_adjustments",
        "loyalty.points",
        order=21,
        keywords="积分调整 審批 approve adjust",
    ),
    Entry(
        "loyalty",
        _("Points owed"),
        "loyalty:points_owed",
        "loyalty.points",
        order=22,
        keywords="积分负债 積分負債 liability expiry 过期",
    ),
    Entry(
        "loyalty",
        _("Points programmes"),
        "loyalty:points_programmes",
        "loyalty.points_settings",
        order=23,
        keywords="积分规则 積分規則 rules earn",
    ),
)
palette.add_action(
    palette.Action(_("Set up points"), "loyalty:points_programmes", "loyalty.points_settings", icon="settings")
)
audit_log.add_labels(
    {
        "points.programme_made": _("Made a points programme"),
        "points.programme_changed": _("Changed a points programme"),
        "points.rule_added": _("Added a rule for earning points"),
        "points.rule_removed": _("Removed a rule for earning points"),
        "points.adjusted": _("Gave or took points by hand"),
        "points.adjustment_asked": _("Asked to give or take points"),
        "points.adjustment_approved": _("Approved points by hand"),
        "points.adjustment_refused": _("Refused points by hand"),
    }
)
