"""A merchant's whole loyalty as plain Python: people who turn out to be one, orders, points, tiers and coupons.

Read one step at a time, as a patient clerk would; it shares no code with the product. Points are in points/plain.py.
Everything is kept under whom it came for (``origin``); whose it is now follows from the merges that hold.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from guanxi.loyalty.tests.points.plain import ZONE, Ledger


@dataclass(eq=False)
class Purchase:
    """One order. Money in fen."""

    origin: int
    total: int
    placed_at: datetime
    status: str = "unpaid"
    paid_at: datetime | None = None
    back: int = 0

    @property
    def counts(self) -> bool:
        return self.status == "paid"

    @property
    def gone(self) -> int:
        """What of it does not count, or no more."""
        return self.back if self.counts else self.total

    @property
    def ended(self) -> bool:
        return self.status == "cancelled" or self.back >= self.total


@dataclass(frozen=True)
class Step:
    """What one tier asks; None is not asked. All that is asked must hold."""

    spend: int | None
    orders: int | None
    points: int | None
    times: Decimal
    """By which the points of its members' orders are multiplied."""


@dataclass(eq=False)
class Standing:
    """What a customer holds in the programme; two that are one have two, of which one is spare. Ranks from 1."""

    origin: int
    customer: int
    number: int
    since: datetime
    rank: int = 0
    falls_on: date | None = None
    spare: bool = False


@dataclass(frozen=True)
class Rule:
    """A coupon: how often it may be used, and what gives it back."""

    own_codes: bool = False
    holders_only: bool = False
    total: int | None = None
    each: int | None = None
    days: int | None = None
    """A piece holds so long after it was given."""
    back: str = "full"


@dataclass(eq=False)
class Piece:
    coupon: int
    origin: int
    customer: int
    number: int
    """Its place among all."""
    until: datetime | None
    used: bool = False
    void: bool = False


@dataclass(eq=False)
class Use:
    coupon: int
    origin: int
    customer: int
    order: int
    piece: Piece | None
    returned: bool = False


@dataclass
class Merchant:
    ledger: Ledger
    ladder: list[Step]
    window: int
    """Days, today the last."""
    grace: int
    rules: list[Rule]
    merges: list[tuple[int, int]] = field(default_factory=list)
    """(who stays, who goes) of those that hold."""
    orders: list[Purchase] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)

    # people

    def now_of(self, origin: int) -> int:
        above = {gone: kept for kept, gone in self.merges}
        while origin in above:
            origin = above[origin]
        return origin

    def merge(self, kept: int, gone: int, now: datetime) -> None:
        """``kept`` and ``gone`` are at the top of theirs."""
        self.ledger.before_moving({kept, gone}, now)
        before = {id(one): one.customer for one in self.standings}
        self.merges.append((kept, gone))
        self._follow({kept, gone}, before, now)

    def part(self, kept: int, gone: int, now: datetime) -> None:
        """Undo the merge in which these were the ends."""
        top = self.now_of(kept)
        self.ledger.before_moving({top, gone}, now)
        before = {id(one): one.customer for one in self.standings}
        self.merges.remove((kept, gone))
        self._follow({top, gone}, before, now)

    def _follow(self, touched: set[int], before: dict[int, int], now: datetime) -> None:
        for one in (*self.standings, *self.pieces, *self.uses):
            one.customer = self.now_of(one.origin)
        if any(before[id(one)] != one.customer for one in self.standings):
            for customer in touched:
                self._choose([one for one in self.standings if one.customer == customer])
        self.ledger.after_moving(touched, self.now_of, now)

    @staticmethod
    def _choose(rows: list[Standing]) -> None:
        """The higher tier counts, then the one that is not falling or falls later, then the older."""

        def place(row: Standing) -> tuple[int, float, datetime, int]:
            falls = float("-inf") if row.falls_on is None else -row.falls_on.toordinal()
            return (-row.rank, falls, row.since, row.number)

        for index, row in enumerate(sorted(rows, key=place)):
            row.spare = index > 0

    # orders

    def hear_points(self, number: int, now: datetime) -> None:
        """The points room reads the news of one order."""
        order = self.orders[number]
        owner, lots = self.now_of(order.origin), self.ledger.lots
        due = order.counts and order.gone < order.total and not any(lot.order == number for lot in lots)
        if due and order.paid_at:
            times = self.times(owner)
            said = {"paid_at": order.paid_at, "now": now, "times": times, "origin": order.origin}
            due = self.ledger.award(owner, number, order.total, **said)  # type: ignore[arg-type]
        if order.gone:
            self.ledger.give_back(number, order.total, order.gone, now)
        if due:
            self.ledger.settle(owner, now)

    def hear_coupons(self, number: int) -> None:
        """The coupons room reads the news of one order."""
        order = self.orders[number]
        for use in self.uses:
            rule = self.rules[use.coupon]
            if (
                use.order == number
                and (order.ended or (rule.back == "any" and order.back > 0))
                and rule.back != "never"
            ):
                self.give_back(use)

    # tiers

    def times(self, customer: int) -> Decimal:
        rank = self.tier(customer)
        return self.ladder[rank - 1].times if rank else Decimal(1)

    def tier(self, customer: int) -> int:
        return next((one.rank for one in self.standings if one.customer == customer and not one.spare), 0)

    def assess(self, customer: int, now: datetime) -> None:
        """Up at once; down when the days of grace are over."""
        today = now.astimezone(ZONE).date()
        row = next((one for one in self.standings if one.customer == customer and not one.spare), None)
        met = self._met(customer, today)
        if row is None:
            if met:
                self.standings.append(Standing(customer, customer, len(self.standings), now, rank=met))
            return
        before = row.rank
        if met < row.rank:
            row.falls_on = row.falls_on or today + timedelta(days=self.grace)
            if row.falls_on <= today:
                row.rank, row.falls_on = met, None
        else:
            row.rank, row.falls_on = met, None
        if row.rank != before:
            row.since = now

    def evaluate(self, now: datetime) -> None:
        everyone = {self.now_of(one.origin) for one in (*self.orders, *self.standings, *self.ledger.lots)}
        for customer in sorted(everyone):
            self.assess(customer, now)

    def _met(self, customer: int, today: date) -> int:
        spend = count = 0
        for order in self.orders:
            day = order.placed_at.astimezone(ZONE).date()
            if self.now_of(order.origin) == customer and order.counts and 0 <= (today - day).days < self.window:
                spend, count = spend + order.total - order.back, count + 1
        has = (spend, count, self._earned(customer, today))
        best = 0
        for rank, step in enumerate(self.ladder, start=1):
            asked = zip(has, (step.spend, step.orders, step.points), strict=True)
            if all(wanted is None or mine >= wanted for mine, wanted in asked):
                best = rank
        return best

    def _earned(self, customer: int, today: date) -> int:
        """Points of orders, less what was called back; those given by hand do not count."""
        return sum(
            lot.points - lot.called_back
            for lot in self.ledger.lots
            if lot.order is not None
            and lot.customer == customer
            and 0 <= (today - lot.earned_at.astimezone(ZONE).date()).days < self.window
        )

    # coupons

    def give(self, coupon: int, people: set[int], now: datetime) -> int:
        """To each who has none of it, by number. Gives how many got one."""
        customers = {self.now_of(one) for one in people}
        new = sorted(customers - {one.customer for one in self.pieces if one.coupon == coupon})
        days = self.rules[coupon].days
        until = now + timedelta(days=days) if days else None
        self.pieces += [Piece(coupon, one, one, place, until) for place, one in enumerate(new, start=len(self.pieces))]
        return len(new)

    def count(self, coupon: int, customer: int | None = None) -> int:
        """Uses that were not given back, of everyone or of one customer."""
        return sum(use.coupon == coupon and not use.returned and customer in (None, use.customer) for use in self.uses)

    def use(self, coupon: int, piece: Piece | None, customer: int, order: int, now: datetime) -> Use | None:
        """``piece`` is the one whose code was shown, of a coupon with codes of their own. None when it is refused."""
        rule = self.rules[coupon]
        if piece is None and not rule.own_codes:
            piece = self._in_hand(coupon, customer, now)
            if rule.holders_only and piece is None:
                return None
        elif piece is None or piece.used or piece.void or self._over(piece, now) or piece.customer != customer:
            return None
        if rule.total is not None and self.count(coupon) >= rule.total:
            return None
        if rule.each is not None and self.count(coupon, customer) >= rule.each:
            return None
        if piece:
            piece.used = True
        self.uses.append(Use(coupon, customer, customer, order, piece))
        return self.uses[-1]

    def _in_hand(self, coupon: int, customer: int, now: datetime) -> Piece | None:
        """Of a coupon with one code for all: the piece that ends first."""
        mine = [
            one
            for one in self.pieces
            if (one.coupon, one.customer, one.used, one.void) == (coupon, customer, False, False)
            and not self._over(one, now)
        ]
        return min(mine, key=lambda one: (one.until is None, one.until or now, one.number), default=None)

    @staticmethod
    def _over(piece: Piece, now: datetime) -> bool:
        return piece.until is not None and piece.until <= now

    def void(self, piece: Piece) -> bool:
        changed = not piece.used and not piece.void
        piece.void = piece.void or changed
        return changed

    def give_back(self, use: Use) -> bool:
        changed = not use.returned
        if changed and use.piece:
            use.piece.used = False
        use.returned = True
        return changed
