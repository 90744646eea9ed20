"""Identifiers, consents and tags follow their customer through merges."""

from guanxi.core import merged
from guanxi.customers.following import follow
from guanxi.customers.merging import log

follow("customers_identifier")
follow("customers_consententry")
follow("customers_customertag")
merged.tell(now=log.current, everyone=log.everyone)
