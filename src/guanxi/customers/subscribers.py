"""Identifiers, consents, tags, fields, notes and files follow their customer through merges."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from guanxi.core import events, merged
from guanxi.core.events import StoredEvent
from guanxi.customers.events import CustomersMerged
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


@events.reader("customers.following", kinds=[CustomersMerged.kind])
def catch_up(batch: Sequence[StoredEvent], now: datetime) -> None:
    """When a merge comes by in the log, whoever was writing at its moment has ended."""
    log.catch_up({event.data["gone_id"] for event in batch}, now=now)
