from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import EVERYONE, Permission, declare

STAFF = ("marketer", "shop_operator", "sales", "service")

declare(
    Permission("customers.view", _("See customers, with personal data masked"), EVERYONE),
    Permission("customers.edit", _("Add and change customers and their tags"), STAFF),
    Permission("customers.import", _("Import people from files"), ("marketer", "shop_operator", "sales")),
    Permission("customers.reveal", _("Show a customer's personal data in full"), ("shop_operator", "sales", "service")),
    Permission("customers.export", _("Export lists of customers"), ("marketer", "analyst")),
    Permission("customers.consent", _("Record what customers consent to"), STAFF),
    Permission("customers.assign", _("Say who looks after a customer"), STAFF),
    Permission("customers.fields", _("Define fields of one's own for customers"), ("marketer", "shop_operator")),
    Permission("customers.notes", _("Read and write notes and files on customers"), STAFF),
    Permission("customers.notes_others", _("Change and delete the notes and files of others")),
    Permission("customers.tags", _("Rename, merge and delete tags"), ("marketer", "shop_operator")),
    Permission("customers.merge", _("Merge customers and undo it"), ("marketer", "shop_operator", "sales", "service")),
    Permission("customers.erase", _("Erase a customer's personal data for good")),
)
