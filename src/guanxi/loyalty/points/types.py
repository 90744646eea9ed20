"""Words and shapes of points: what the ledger knows, what its readers get, and what can go wrong."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.core.money import Minor

Points = int


class RuleKind(models.TextChoices):
    AMOUNT = "amount", _("Money spent")
    SIGNUP = "signup", _("Becoming a customer")
    BIRTHDAY = "birthday", _("Month of birth")
    REVIEW = "review", _("Writing a review")


class Expiry(models.TextChoices):
    NEVER = "never", _("Never")
    ROLLING = "rolling", _("So many months after they become valid")
    YEAR_END = "year_end", _("At the end of the year in which those months end")


class Shortfall(models.TextChoices):
    """What happens to points that a refund calls back and that nothing is left of."""

    DEBT = "debt", _("Keep a debt that the next points settle; the balance stays at zero")
    NEGATIVE = "negative", _("Let the balance go below zero; the next points settle it")
    FORGIVE = "forgive", _("Let them go")


class LotKind(models.TextChoices):
    ORDER = "order", _("Order")
    SIGNUP = "signup", _("Becoming a customer")
    BIRTHDAY = "birthday", _("Month of birth")
    REVIEW = "review", _("Writing a review")
    COUPON = "coupon", _("Cash back of a coupon")
    ADJUSTMENT = "adjustment", _("By hand")
    DEBT = "debt", pgettext_lazy("points", "Debt")


class EntryKind(models.TextChoices):
    EARN = "earn", pgettext_lazy("points", "Earned")
    REVERSE = "reverse", pgettext_lazy("points", "Taken back")
    SPEND = "spend", pgettext_lazy("points", "Spent")
    EXPIRE = "expire", pgettext_lazy("points", "Expired")
    ADJUST = "adjust", pgettext_lazy("points", "By hand")
    SETTLE = "settle", pgettext_lazy("points", "Debt settled")


class ReservationState(models.TextChoices):
    HELD = "held", pgettext_lazy("points", "Set aside")
    COMMITTED = "committed", pgettext_lazy("points", "Spent")
    RELEASED = "released", pgettext_lazy("points", "Given back")
    EXPIRED = "expired", pgettext_lazy("points", "Time ran out")


class AdjustmentState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("points", "Waits for a second person")
    DONE = "done", pgettext_lazy("points", "Done")
    REFUSED = "refused", pgettext_lazy("points", "Refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a customer has in one programme at one moment."""

    programme_id: int
    programme: str
    spendable: Points
    """Valid and not set aside, less debts; below zero only where the programme lets it."""
    pending: Points
    """Of orders whose return window is still open."""
    held: Points
    """Set aside for tills."""
    debt: Points
    """Called back after they were spent, and not settled yet; zero or more."""
    next_expiry_at: datetime | None
    next_expiry_points: Points
    worth: Minor
    """Of the spendable points, in the merchant's currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a statement, with why."""

    id: int
    customer_id: int
    at: datetime
    kind: str
    label: str
    points: Points
    why: str
    order_id: int | None
    programme_id: int
    valid_from: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What points could do for an order. Money in the merchant's currency."""

    spendable: Points
    points: Points
    """The most that may be spent on this order."""
    discount: Minor
    currency: str
    why: str
    """What keeps it from being more, for people; empty when all of the points can be spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    id: int
    reference: str
    shop_id: int
    customer_id: int
    points: Points
    discount: Minor
    currency: str
    state: str
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Points that expire in one month, and what they could take off orders."""

    month: datetime | None
    """Its first day in the merchant's zone; None for points that never expire, and for debts."""
    spendable: Points
    pending: Points
    held: Points
    debt: Points
    worth: Minor

    @property
    def points(self) -> Points:
        return self.spendable + self.pending + self.held - self.debt


class PointsError(Exception):
    """Something about points cannot be done; the message is for people. ``code`` is for programs."""

    code = "points"


class NoProgramme(PointsError):
    code = "no-programme"


class NotEnough(PointsError):
    code = "not-enough-points"


class BadPoints(PointsError):
    """A number of points, or a reason, that cannot be."""

    code = "not-valid"


class ReferenceTaken(PointsError):
    code = "reference-taken"


class WrongState(PointsError):
    """It is over: released, expired, spent, decided."""

    code = "wrong-state"


class NoSuch(PointsError):
    code = "not-found"


class SecondPerson(PointsError):
    """Whoever asked for it may not decide it."""

    code = "second-person"
