"""How messages go out, as the merchant set it: kept in the database, changed on the Delivery page."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from guanxi.core import preferences

NAME = "messaging.delivery"
TROUBLE = "messaging.trouble"


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    sender_name: str = ""
    """Shown as the sender; empty takes the name in GUANXI_EMAIL_FROM."""
    reply_to: str = ""
    bounce_address: str = ""
    """Where bounces go, with the message's token as a tag (``bounces+1f3-…@shop.example``); empty uses the sender."""
    track_opens: bool = True
    track_clicks: bool = True


def load() -> DeliverySettings:
    stored: dict[str, Any] = preferences.get(NAME, {})
    known = {field.name for field in fields(DeliverySettings)}
    return DeliverySettings(**{name: value for name, value in stored.items() if name in known})


def save(settings: DeliverySettings) -> None:
    preferences.put(NAME, asdict(settings))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing goes out at the moment."""

    message: str
    since: datetime
    retry_at: datetime
    failures: int


def trouble() -> Trouble | None:
    """The present trouble with handing over; None when all is well."""
    raw = preferences.get(TROUBLE, None)
    return trouble_of(raw) if raw else None


def trouble_of(raw: dict[str, Any]) -> Trouble:
    """The trouble that the setting TROUBLE holds."""
    return Trouble(
        raw["message"],
        datetime.fromisoformat(raw["since"]),
        datetime.fromisoformat(raw["retry_at"]),
        int(raw["failures"]),
    )


def note_trouble(message: str, *, now: datetime) -> Trouble:
    """Remember it and wait longer each time: 15 s, 30 s, 1 min … at most 15 min."""
    before = trouble()
    failures = before.failures + 1 if before else 1
    found = Trouble(
        message,
        before.since if before else now,
        now + timedelta(seconds=min(900, 15 * 2 ** min(failures - 1, 10))),
        failures,
    )
    stored = {"message": message, "failures": failures}
    preferences.put(TROUBLE, {**stored, "since": found.since.isoformat(), "retry_at": found.retry_at.isoformat()})
    return found


def clear_trouble() -> None:
    if preferences.get(TROUBLE, None):
        preferences.put(TROUBLE, {})
