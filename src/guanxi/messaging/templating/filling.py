"""Filling in a version for one customer: parsed once, then a few tens of microseconds each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from liquid.exceptions import LiquidError

from guanxi.messaging import tokens
from guanxi.messaging.models import TemplateVersion
from guanxi.messaging.templating import liquid, provided
from guanxi.messaging.templating.inserting import Part
from guanxi.messaging.templating.links import track
from guanxi.messaging.types import ContactCard

PIXEL = '<img src="{{ open_url }}" width="1" height="1" alt="" style="display:block;border:0">'


class CannotFill(ValueError):
    """The template fails on this customer's values."""


@dataclass(frozen=True, slots=True)
class Tracking:
    opens: bool
    clicks: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """The words of one message; ``html`` is empty for plain text."""

    subject: str
    text: str
    html_pieces: Sequence[str] = ()
    """In pieces; those that the author wrote are the same strings in every message."""

    @property
    def html(self) -> str:
        return "".join(self.html_pieces)


@dataclass(frozen=True, slots=True)
class Sender:
    """What is the same in all messages of a run."""

    merchant: str
    base_url: str
    """Public address of this installation, without a slash at the end."""


class Parsed:
    """One version, parsed."""

    def __init__(self, version: TemplateVersion) -> None:
        self.subject = Part(liquid.TEXT.from_string(version.subject))
        self.text = Part(liquid.TEXT.from_string(version.text))
        self._html = version.html
        self.provided = provided.used((version.subject, version.text, version.html))
        """Variables of rooms above that it uses."""
        self._variants: dict[Tracking, Part | None] = {}

    def html(self, tracking: Tracking) -> Part | None:
        if tracking not in self._variants:
            self._variants[tracking] = self._build(tracking) if self._html else None
        return self._variants[tracking]

    def _build(self, tracking: Tracking) -> Part:
        source = track(self._html)[0] if tracking.clicks else self._html
        if tracking.opens:
            head, closing, tail = source.rpartition("</body>")
            source = f"{head}{PIXEL}{closing}{tail}" if closing else source + PIXEL
        return Part(liquid.HTML.from_string(source))


@lru_cache(maxsize=256)
def _parsed(version_id: int, html: str, text: str, subject: str) -> Parsed:
    return Parsed(TemplateVersion(pk=version_id, html=html, text=text, subject=subject))


def parsed(version: TemplateVersion) -> Parsed:
    return _parsed(version.pk or 0, version.html, version.text, version.subject)


def fill(
    version: Parsed,
    card: ContactCard,
    *,
    message_id: int,
    sender: Sender,
    tracking: Tracking,
    more: Mapping[str, str] | None = None,
) -> Filled:
    """The message as this customer gets it; ``more`` is what rooms above provide. Raises CannotFill."""
    values = {**values_of(card, message_id=message_id, sender=sender), **(more or {})}
    html = version.html(tracking)
    try:
        return Filled(
            subject=" ".join("".join(version.subject.fill(values)).split()),
            text="".join(version.text.fill(values)),
            html_pieces=html.fill(values) if html else (),
        )
    except (LiquidError, ValueError, TypeError, ArithmeticError, RecursionError) as error:
        raise CannotFill(type(error).__name__) from error


def values_of(card: ContactCard, *, message_id: int, sender: Sender) -> dict[str, str]:
    """What the variables stand for in one message; those not known of this customer are left out."""
    token = tokens.token(message_id)
    base = f"{sender.base_url}/messages"
    known = {
        "customer.first_name": card.first_name,
        "customer.last_name": card.last_name,
        "customer.name": card.name,
        "customer.language": card.language,
        "customer.region": card.region,
    }
    return {
        **liquid.without_blanks(known),
        **{liquid.FIELDS + key: text for key, text in card.fields.items()},
        "merchant.name": sender.merchant,
        "unsubscribe_url": f"{base}/u/{token}/",
        "preferences_url": f"{base}/u/{token}/",
        "click_url": f"{base}/c/{token}/",
        "open_url": f"{base}/o/{token}.gif",
    }
