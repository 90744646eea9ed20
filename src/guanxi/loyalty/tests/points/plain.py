"""Points as plain Python: one customer, one lot and one reservation at a time. Shares nothing with the room's SQL.

Customers are numbers; who has a lot now (``customer``) may be another than who earned it (``origin``)."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(eq=False)
class Lot:
    customer: int
    origin: int
    points: int
    earned_at: datetime
    valid_from: datetime
    expires_at: datetime | None
    number: int
    order: int | None = None
    left: int = 0
    called_back: int = 0

    @property
    def place(self) -> tuple[bool, float, datetime, int]:
        end = self.expires_at.timestamp() if self.expires_at else 0.0
        return (self.expires_at is None, end, self.earned_at, self.number)


@dataclass(eq=False)
class Hold:
    customer: int
    origin: int
    until: datetime
    parts: list[tuple[Lot, int]]
    open: bool = True
    spent: bool = False


@dataclass
class Ledger:
    shortfall: str
    return_days: int
    months: int
    lots: list[Lot] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)

    # reading

    def held(self, lot: Lot, now: datetime | None = None) -> int:
        """Set aside; with ``now`` only by those whose time is not over."""
        return sum(
            points
            for hold in self.holds
            if hold.open and (now is None or hold.until > now)
            for part, points in hold.parts
            if part is lot
        )

    def of(self, customer: int, now: datetime) -> list[Lot]:
        """Lots that have not expired, in the order in which they are spent."""
        mine = [lot for lot in self.lots if lot.customer == customer and lot.left > 0]
        return sorted((lot for lot in mine if not lot.expires_at or lot.expires_at > now), key=lambda lot: lot.place)

    def debt(self, customer: int) -> int:
        return -sum(lot.left for lot in self.lots if lot.customer == customer and lot.left < 0)

    def balance(self, customer: int, now: datetime) -> tuple[int, int, int, int]:
        lots = self.of(customer, now)
        free = sum(lot.left - self.held(lot, now) for lot in lots if lot.valid_from <= now)
        pending = sum(lot.left - self.held(lot, now) for lot in lots if lot.valid_from > now)
        held = sum(self.held(lot, now) for lot in self.lots if lot.customer == customer)
        net = free - self.debt(customer)
        return (net if self.shortfall == "negative" else max(0, net), pending, held, self.debt(customer))

    def can_spend(self, customer: int, now: datetime) -> int:
        free = sum(lot.left - self.held(lot, now) for lot in self.of(customer, now) if lot.valid_from <= now)
        return free - self.debt(customer)

    # writing

    def _add(
        self, customer: int, points: int, now: datetime, valid: datetime, order: int | None = None, origin: int = 0
    ) -> None:
        local = valid.astimezone(ZONE)
        month = local.month - 1 + self.months
        year, month = local.year + month // 12, month % 12 + 1
        day = min(local.day, calendar.monthrange(year, month)[1])
        end = datetime(year, month, day, tzinfo=ZONE) + timedelta(days=1)
        self.lots.append(Lot(customer, origin or customer, points, now, valid, end, len(self.lots), order, points))

    def _owe(self, customer: int, points: int, now: datetime, origin: int) -> None:
        self.lots.append(Lot(customer, origin, -points, now, now, None, len(self.lots), left=-points))

    def forget_overdue(self, customer: int, now: datetime) -> None:
        for hold in self.holds:
            if hold.open and hold.customer == customer and hold.until <= now:
                hold.open = False

    def settle(self, customer: int, now: datetime) -> None:
        debts = [lot for lot in self.lots if lot.customer == customer and lot.left < 0]
        if not debts:
            return
        self.forget_overdue(customer, now)
        for debt in debts:
            for lot in self.of(customer, now):
                if lot.origin != debt.origin:
                    continue
                points = min(-debt.left, lot.left - self.held(lot))
                debt.left += points
                lot.left -= points

    def earn(self, customer: int, order: int, total: int, now: datetime) -> None:
        if self.award(customer, order, total, paid_at=now, now=now):
            self.settle(customer, now)

    def award(
        self,
        customer: int,
        order: int,
        total: int,
        *,
        paid_at: datetime,
        now: datetime,
        times: Decimal = Decimal(1),
        origin: int = 0,
    ) -> bool:
        """A point for each 1.00, times what the tier says; not where they would have expired by now."""
        points = int(total * times / 100)
        if points:
            self._add(customer, points, paid_at, paid_at + timedelta(days=self.return_days), order, origin)
        end = self.lots[-1].expires_at if points else None
        if end and end <= now:
            self.lots.pop()
        return bool(points and end and end > now)

    def give_back(self, order: int, total: int, back: int, now: datetime) -> None:
        for lot in [lot for lot in self.lots if lot.order == order]:
            due = lot.points - lot.points * (total - back) // total - lot.called_back
            if due <= 0:
                continue
            self.forget_overdue(lot.customer, now)
            lot.called_back += due
            own = min(due, lot.left - self.held(lot))
            lot.left -= own
            self._cover(lot.customer, due - own, now, lot.origin)

    def _cover(self, customer: int, points: int, now: datetime, origin: int) -> None:
        missing = points - self._take(self.of(customer, now), points)
        if missing and self.shortfall != "forgive":
            self._owe(customer, missing, now, origin)

    def _take(self, lots: list[Lot], points: int) -> int:
        taken = 0
        for lot in lots:
            part = min(points - taken, lot.left - self.held(lot))
            lot.left -= part
            taken += part
        return taken

    def adjust(self, customer: int, points: int, now: datetime) -> bool:
        if points < 0 and self.shortfall != "negative" and self.can_spend(customer, now) < -points:
            return False
        self.forget_overdue(customer, now)
        if points > 0:
            self._add(customer, points, now, now)
            self.settle(customer, now)
        elif self.shortfall == "negative":
            self._cover(customer, -points, now, customer)
        else:
            self._take([lot for lot in self.of(customer, now) if lot.valid_from <= now], -points)
        return True

    def reserve(self, customer: int, points: int, until: datetime, now: datetime) -> Hold | None:
        if self.can_spend(customer, now) < points:
            return None
        self.forget_overdue(customer, now)
        parts, wanted = [], points
        for lot in self.of(customer, now):
            part = min(wanted, lot.left - self.held(lot)) if lot.valid_from <= now else 0
            wanted -= part
            if part:
                parts.append((lot, part))
        hold = Hold(customer, customer, until, parts)
        self.holds.append(hold)
        return hold

    def commit(self, hold: Hold, now: datetime) -> bool:
        self.forget_overdue(hold.customer, now)
        if hold.open:
            hold.open, hold.spent = False, True
            for lot, points in hold.parts:
                lot.left -= points
        return hold.spent

    def release(self, hold: Hold, now: datetime) -> bool:
        if hold.spent:
            return False
        self.forget_overdue(hold.customer, now)
        if hold.open:
            hold.open = False
            self.settle(hold.customer, now)
        return True

    def release_overdue(self, now: datetime) -> None:
        for customer in sorted({hold.customer for hold in self.holds if hold.open and hold.until <= now}):
            self.forget_overdue(customer, now)
            self.settle(customer, now)

    def expire(self, now: datetime) -> None:
        while due := [lot for lot in self.lots if lot.expires_at and lot.expires_at <= now and self._loose(lot) > 0]:
            for customer in {lot.customer for lot in due}:
                self.forget_overdue(customer, now)
            for lot in self.lots:
                if lot.customer in {one.customer for one in due} and lot.expires_at and lot.expires_at <= now:
                    lot.left = self.held(lot) if lot.left > 0 else lot.left

    def _loose(self, lot: Lot) -> int:
        return max(0, lot.left) - self.held(lot)

    # merging

    def before_moving(self, customers: set[int], now: datetime) -> None:
        for customer in customers & {lot.customer for lot in self.lots}:
            self.forget_overdue(customer, now)

    def after_moving(self, customers: set[int], owner: Callable[[int], int], now: datetime) -> None:
        """Everything goes to whom its origin is now; tills that were promised another's points ask anew."""
        for one in (*self.lots, *self.holds):
            one.customer = owner(one.origin)
        parted = [
            hold for hold in self.holds if hold.open and any(lot.customer != hold.customer for lot, _ in hold.parts)
        ]
        for hold in parted:
            hold.open = False
        for customer in sorted(customers) if parted else ():
            self.settle(customer, now)
