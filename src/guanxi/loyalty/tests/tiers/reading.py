"""A plain reading of tier programmes, one customer and one order at a time. It shares nothing with the engine."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Shopper:
    orders: dict[int, tuple[datetime, int, int]] = field(default_factory=dict)
    """By number: when it was placed, its total, what went back."""
    earned: int = 0
    falls_on: date | None = None
    hand: int = 0
    hand_until: date | None = None
    tier: int = 0
    warned_for: date | None = None


@dataclass
class Reading:
    """The programme and its customers, as a patient clerk would keep them on paper. Tiers are numbers from 1."""

    ladder: list[dict[str, Any]]
    window: str
    days: int
    downgrade: str
    grace: int
    fall: tuple[int, int]
    warn: int
    people: dict[int, Shopper] = field(default_factory=dict)
    told: list[tuple[int, str, int, int]] = field(default_factory=list)
    """Customer, kind of event, and the tiers before and after; those of a warning are the same."""

    def evaluate(self, now: datetime, only: int | None = None) -> None:
        today = now.astimezone(ZONE).date()
        for number, shopper in self.people.items():
            if only is None or number == only:
                self._evaluate(number, shopper, today)

    def _evaluate(self, number: int, shopper: Shopper, today: date) -> None:
        met = self._met(shopper, today)
        if met >= shopper.earned:
            shopper.earned, shopper.falls_on = met, None
        elif self.downgrade == "never":
            shopper.falls_on = None
        else:
            shopper.falls_on = shopper.falls_on or self._fall_day(today)
            if shopper.falls_on <= today:
                shopper.earned, shopper.falls_on = met, None
        hand = shopper.hand if shopper.hand_until and shopper.hand_until >= today else 0
        tier = max(shopper.earned, hand)
        if tier != shopper.tier:
            self.told.append((number, "raised" if tier > shopper.tier else "lowered", shopper.tier, tier))
        shopper.tier = tier
        loses = self.loses_on(shopper, today)
        if loses and today < loses <= today + timedelta(days=self.warn) and loses != shopper.warned_for:
            self.told.append((number, "warned", tier, tier))
            shopper.warned_for = loses

    def loses_on(self, shopper: Shopper, today: date) -> date | None:
        hand = shopper.hand if shopper.hand_until and shopper.hand_until >= today else 0
        after_hand = shopper.hand_until + timedelta(days=1) if shopper.hand_until else None
        if hand > shopper.earned:
            return after_hand
        if hand == shopper.earned and hand and shopper.falls_on and after_hand:
            return max(shopper.falls_on, after_hand)
        return shopper.falls_on

    def _met(self, shopper: Shopper, today: date) -> int:
        spend = count = 0
        for placed, total, back in shopper.orders.values():
            if self._inside(placed.astimezone(ZONE).date(), today):
                spend += total - back
                count += 1
        best = 0
        for rank, tier in enumerate(self.ladder, start=1):
            held = []
            if tier["min_spend"] is not None:
                held.append(spend >= tier["min_spend"])
            if tier["min_orders"] is not None:
                held.append(count >= tier["min_orders"])
            if any(held) if tier["match"] == "any" else all(held):
                best = rank
        return best

    def _inside(self, day: date, today: date) -> bool:
        if day > today:
            return False
        if self.window == "year":
            return day.year == today.year
        if self.window == "quarter":
            return (day.year, (day.month + 2) // 3) == (today.year, (today.month + 2) // 3)
        return (today - day).days < self.days

    def _fall_day(self, today: date) -> date:
        day = today + timedelta(days=self.grace)
        while self.downgrade == "yearly" and (day.month, day.day) != self.fall:
            day += timedelta(days=1)
        return day
