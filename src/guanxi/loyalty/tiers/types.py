"""What goes into tier programmes and what comes out of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from guanxi.core.money import Minor
from guanxi.loyalty.models.tiers import Downgrade, Match, Reason, WindowKind

__all__ = [
    "Benefits",
    "Cell",
    "Change",
    "Downgrade",
    "Evaluated",
    "Gap",
    "Grant",
    "Match",
    "Preview",
    "ProgrammeDraft",
    "Reason",
    "Standing",
    "Step",
    "TierDraft",
    "Told",
    "WindowKind",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefits:
    """What one tier gives, for other rooms to act on."""

    tier_id: int
    tier: str
    rank: int
    programme_id: int
    discount_percent: Decimal = Decimal(0)
    """Off the price of goods, 0 to 100."""
    points_multiplier: Decimal = Decimal(1)
    free_shipping: bool = False
    birthday_gift: str = ""
    service_priority: int = 0
    """0 is the usual; higher goes first."""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierDraft:
    """One tier as someone wants it. Conditions that are None are not asked."""

    name: str
    tier_id: int | None = None
    """None for one that is new."""
    color: str = "blue"
    min_spend: Minor | None = None
    min_orders: int | None = None
    min_points: int | None = None
    match: Match = Match.ALL
    discount_percent: Decimal = Decimal(0)
    points_multiplier: Decimal = Decimal(1)
    free_shipping: bool = False
    birthday_gift: str = ""
    service_priority: int = 0
    benefits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeDraft:
    """A whole programme as someone wants it: to look at in a preview, or to save."""

    name: str
    tiers: Sequence[TierDraft]
    """Lowest first."""
    shop_id: int | None = None
    window: WindowKind = WindowKind.ROLLING
    window_days: int = 365
    downgrade: Downgrade = Downgrade.GRACE
    grace_days: int = 30
    fall_month: int = 1
    fall_day: int = 1
    warn_days: int = 14


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What one evaluation of one programme did."""

    raised: int = 0
    lowered: int = 0
    warned: int = 0

    def __add__(self, other: "Evaluated") -> "Evaluated":
        return Evaluated(self.raised + other.raised, self.lowered + other.lowered, self.warned + other.warned)


@dataclass(slots=True, kw_only=True)
class Cell:
    """Customers that a change of rules moves from one tier (None: no tier) to another."""

    from_tier: int | None
    to_tier: int | None
    now: int = 0
    """They move when it is saved."""
    later: int = 0
    """They move on ``first_on`` or after, unless they meet their tier again before."""
    first_on: date | None = None
    customer_ids: list[int] = field(default_factory=list)
    """The first twenty, by number."""

    @property
    def count(self) -> int:
        return self.now + self.later


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Who moves where if a draft were saved at that moment. New tiers have the numbers -1, -2 … by their rank."""

    at: datetime
    cells: dict[tuple[int | None, int | None], Cell]
    staying: dict[int | None, int]
    """Those who keep what they have, by tier."""
    names: dict[int | None, str]
    before: list[int | None]
    """Rows of the matrix: no tier, then tiers in use now."""
    after: list[int | None]
    """Columns of the matrix: no tier, then the draft's tiers."""

    @property
    def moving(self) -> int:
        return sum(cell.count for cell in self.cells.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What one condition of a tier still wants."""

    kind: str
    """``spend`` (minor units of the merchant's currency), ``orders`` or ``points``."""
    has: int
    wants: int

    @property
    def missing(self) -> int:
        return max(0, self.wants - self.has)

    @property
    def share(self) -> float:
        """How far the customer is, from 0 to 1."""
        return max(0.0, min(1.0, self.has / self.wants)) if self.wants > 0 else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The way to the next tier."""

    tier_id: int
    tier: str
    match: Match
    gaps: tuple[Gap, ...]
    by: date | None
    """The last day for which this holds: then the window ends, or its oldest order leaves it. None without orders in
    a rolling window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A tier set by hand that holds now."""

    id: int
    tier: str
    until: date
    note: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a customer's tier."""

    at: datetime
    from_tier: str
    """Empty for none; so ``to_tier``."""
    to_tier: str
    reason: Reason
    orders: int
    spend: Minor
    points: int
    window_from: date
    note: str
    words: str
    """The reason for people, with the numbers it was decided on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one customer stands in one programme."""

    programme_id: int
    programme: str
    shop_id: int | None
    tier_id: int | None
    tier: str
    """Empty for none."""
    color: str
    rank: int
    since: datetime | None
    loses_on: date | None
    orders: int
    spend: Minor
    points: int
    """Earned in the window; 0 where no tier asks for them."""
    window_from: date
    next: Step | None
    grant: Grant | None
    benefits: Benefits | None


@dataclass(frozen=True, slots=True)
class Told:
    """A standing with what is missing to the next tier in words; empty on the highest."""

    standing: Standing
    missing: str
