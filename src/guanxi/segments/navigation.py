"""Menu entries of the segments room."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.web import audit_log, palette
from guanxi.core.web.navigation import Entry, add

add(
    Entry("segments", _("Segments"), "segments:list", "segments.view", order=10, keywords="人群 group audience"),
    Entry(
        "segments", _("New segment"), "segments:new", "segments.edit", order=20, keywords="新建人群 新增人群 builder"
    ),
    Entry(
        "segments",
        _("List from a file"),
        "segments:import",
        "segments.edit",
        order=30,
        keywords="static import 名单 名單",
    ),
)
palette.add_action(palette.Action(_("New segment"), "segments:new", "segments.edit", icon="plus"))
audit_log.add_labels(
    {
        "segment.created": _("Made a segment"),
        "segment.changed": _("Changed a segment"),
        "segment.list_changed": _("Changed the list of a segment"),
        "tag_rule.set": _("Let a tag follow a segment"),
        "tag_rule.ended": _("Ended a tag's following of a segment"),
        "segment.archived": _("Archived a segment"),
        "segment.restored": _("Brought a segment back"),
    }
)
