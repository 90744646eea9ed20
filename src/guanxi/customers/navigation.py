"""Menu entries and words of merging."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.web import audit_log, palette
from guanxi.core.web.navigation import Entry, add

add(
    Entry(
        "customers",
        _("Possible duplicates"),
        "merging:duplicates",
        "customers.merge",
        icon="users",
        order=20,
        keywords="重复客户 重複客戶 merge duplicates 合并 合併",
    ),
    Entry(
        "customers",
        _("Merged customers"),
        "merging:log",
        "customers.merge",
        icon="arrows-join",
        order=30,
        keywords="合并 合併 undo",
    ),
)
palette.add_action(
    palette.Action(_("Possible duplicates"), "merging:duplicates", "customers.merge", icon="arrows-join")
)
audit_log.add_labels(
    {
        "customer.merged": _("Merged customers"),
        "customer.merge_undone": _("Undid a merge of customers"),
        "customer.identifier_added": _("Added an identifier of a customer"),
        "customer.identifier_verified": _("Noted an identifier as checked"),
        "customer.split": _("Split a customer"),
    }
)
