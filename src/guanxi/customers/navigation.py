"""Menu entries and words of merging and of fields."""

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
        _("Import people"),
        "people:batches",
        "customers.view",
        icon="id",
        order=15,
        keywords="名片 展会 展會 导入 導入 business cards fair vcard contacts",
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
    Entry(
        "settings",
        _("Customer fields"),
        "customer_settings:fields",
        "customers.fields",
        icon="forms",
        order=40,
        keywords="自定义字段 自訂欄位 custom fields attributes",
    ),
)
palette.add_action(
    palette.Action(_("Possible duplicates"), "merging:duplicates", "customers.merge", icon="arrows-join")
)
palette.add_action(
    palette.Action(
        _("Import people"), "people:upload", "customers.import", icon="id", keywords="cards fair vcard 名片 导入 導入"
    )
)
audit_log.add_labels(
    {
        "customer.related": _("Tied two customers"),
        "customer.parted": _("Took away a relation of two customers"),
        "people.batch_created": _("Made a batch of people"),
        "people.import_started": _("Started an import of people"),
        "people.import_stopped": _("Stopped an import of people"),
        "people.import_continued": _("Went on with an import of people"),
        "people.import_discarded": _("Discarded a file of people"),
        "people.rejected_downloaded": _("Downloaded rejected rows of people"),
        "customer.merged": _("Merged customers"),
        "customer.assigned": _("Gave customers an owner"),
        "customer.handed_over": _("Handed over customers"),
        "note.deleted": _("Deleted a note"),
        "file.opened": _("Opened a file of a customer"),
        "file.deleted": _("Deleted a file of a customer"),
        "tag.renamed": _("Renamed a tag"),
        "tag.merged": _("Merged two tags"),
        "tag.deleted": _("Deleted a tag"),
        "field.created": _("Added a customer field"),
        "field.changed": _("Changed a customer field"),
        "field.archived": _("Archived a customer field"),
        "field.restored": _("Brought a customer field back"),
        "customer.merge_undone": _("Undid a merge of customers"),
        "customer.identifier_added": _("Added an identifier of a customer"),
        "customer.identifier_verified": _("Noted an identifier as checked"),
        "customer.split": _("Split a customer"),
    }
)
