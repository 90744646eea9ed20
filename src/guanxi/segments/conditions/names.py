"""Names for the numbers that definitions keep, so that a description can be read by people."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Names:
    """What numbers stand for at the moment, and the currency that amounts are in."""

    shops: Mapping[int, str] = field(default_factory=dict)
    segments: Mapping[int, str] = field(default_factory=dict)
    tiers: Mapping[int, str] = field(default_factory=dict)
    batches: Mapping[int, str] = field(default_factory=dict)
    currency: str = "CNY"

    def of(self, source: str) -> Mapping[int, str]:
        known = {"shop": self.shops, "segment": self.segments, "tier": self.tiers, "batch": self.batches}
        return known[source]

    def label(self, source: str, number: int) -> str:
        """The name, or the number itself when nothing bears it any more."""
        return self.of(source).get(number) or _("no. %(number)d (unknown)") % {"number": number}
