"""Points as plain Python: one customer, one lot and one reservation at a time. Shares nothing with the room's SQL."""

import calendar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(eq=False)
class Lot:
    customer: int
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

    def _add(self, customer: int, points: int, now: datetime, valid: datetime, order: int | None = None) -> None:
        local = valid.astimezone(ZONE)
        month = local.month - 1 + self.months
        year, month = local.year + month // 12, month % 12 + 1
        day = min(local.day, calendar.monthrange(year, month)[1])
        end = datetime(year, month, day, tzinfo=ZONE) + timedelta(days=1)
        self.lots.append(Lot(customer, points, now, valid, end, len(self.lots), order, points))

    def _owe(self, customer: int, points: int, now: datetime) -> None:
        self.lots.append(Lot(customer, -points, now, now, None, len(self.lots), left=-points))

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
                points = min(-debt.left, lot.left - self.held(lot))
                debt.left += points
                lot.left -= points

    def earn(self, customer: int, order: int, total: int, now: datetime) -> None:
        if total >= 100:
            self._add(customer, total // 100, now, now + timedelta(days=self.return_days), order)
            self.settle(customer, now)

    def give_back(self, order: int, total: int, back: int, now: datetime) -> None:
        for lot in [lot for lot in self.lots if lot.order == order]:
            due = lot.points - lot.points * (total - back) // total - lot.called_back
            if due <= 0:
                continue
            self.forget_overdue(lot.customer, now)
            lot.called_back += due
            own = min(due, lot.left - self.held(lot))
            lot.left -= own
            self._cover(lot.customer, due - own, now)

    def _cover(self, customer: int, points: int, now: datetime) -> None:
        missing = points - self._take(self.of(customer, now), points)
        if missing and self.shortfall != "forgive":
            self._owe(customer, missing, now)

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
            self._cover(customer, -points, now)
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
        hold = Hold(customer, until, parts)
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
