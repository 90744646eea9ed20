"""Names for the numbers that definitions keep, so that a description can be read by people."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guanxi.customers.fields.types import Definition


@dataclass(frozen=True, slots=True)
class Names:
    """What numbers stand for at the moment, and the currency that amounts are in."""

    shops: Mapping[int, str] = dataclasses.field(default_factory=dict)
    segments: Mapping[int, str] = dataclasses.field(default_factory=dict)
    tiers: Mapping[int, str] = dataclasses.field(default_factory=dict)
    batches: Mapping[int, str] = dataclasses.field(default_factory=dict)
    owners: Mapping[int, str] = dataclasses.field(default_factory=dict)
    """Staff by number; 0 is nobody."""
    fields: Mapping[int, Definition] = dataclasses.field(default_factory=dict)
    """The merchant's own, archived ones included."""
    currency: str = "CNY"

    def of(self, source: str) -> Mapping[int, str]:
        known = {
            "shop": self.shops,
            "segment": self.segments,
            "tier": self.tiers,
            "batch": self.batches,
            "owner": self.owners,
        }
        return known[source]

    def label(self, source: str, number: int) -> str:
        """The name, or the number itself when nothing bears it any more."""
        return self.of(source).get(number) or _unknown(number)

    def field(self, number: int) -> str:
        """The name of a custom field."""
        known = self.fields.get(number)
        return known.label if known else _unknown(number)

    def choice(self, field: int, number: int) -> str:
        """The name of one of a custom field's choices."""
        options = self.fields[field].options if field in self.fields else ()
        return next((option.label for option in options if option.id == number), _unknown(number))


def _unknown(number: int) -> str:
    return _("no. %(number)d (unknown)") % {"number": number}
