"""Identifiers, consents, tags, fields, notes and files follow their customer through merges."""

from django.utils.translation import gettext_lazy as _

from guanxi.core import merged
from guanxi.customers.fields import writing
from guanxi.customers.following import follow
from guanxi.customers.merging import log

follow("customers_identifier", label=_("Known by"))
follow("customers_hint", label=_("Browsers and devices"))
follow("customers_consententry", label=_("Answers about consent"))
follow("customers_customertag", label=_("Tags"))
follow("customers_relation", label=_("Relations"))
follow("customers_relation", columns=("to_id", "to_origin_id"), label=_("Contacts and members"))
follow("customers_companykey")
follow("customers_peoplemember", label=_("Came with"))
follow("customers_fieldvalue", label=_("Custom fields"), after=writing.settle)
follow("customers_note", label=_("Notes"))
follow("customers_customerfile", label=_("Files"))
merged.tell(now=log.current, everyone=log.everyone)
