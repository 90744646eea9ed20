"""What the messaging room takes and gives: plain values that other rooms may hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MessageState(TextChoices):
    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    SKIPPED = "skipped", _("Left out")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Bounced")
    UNCERTAIN = "uncertain", _("Uncertain")


class Reason(TextChoices):
    """Why a message was not sent, or waits, or did not arrive."""

    NO_CONSENT = "no_consent", _("No consent")
    SUPPRESSED = "suppressed", _("Address on the suppression list")
    NO_ADDRESS = "no_address", _("No usable address")
    CANCELLED = "cancelled", _("Cancelled before it was sent")
    TEMPLATE = "template", _("The template could not be filled in")
    NO_VALUE = "no_value", _("A value that the message needs, such as a coupon's code, could not be had")
    RETRY = "retry", _("The receiving server asked to try again later")
    CONNECTION = "connection", _("The connection to the mail server broke; tried again")
    GAVE_UP = "gave_up", _("Tried too often without success")
    UNKNOWN_USER = "unknown_user", _("The address does not exist")
    REFUSED = "refused", _("The receiving server refused it")
    CUT_OFF = "cut_off", _("Cut off in the last step: it may or may not have arrived")
    HARD_BOUNCE = "hard_bounce", _("Came back: the address does not exist")
    SOFT_BOUNCE = "soft_bounce", _("Came back for a passing reason")
    POLICY = "policy", _("Came back: refused by the receiving server's rules")


class Eligibility(TextChoices):
    OK = "ok", _("Can be written to")
    NO_CONSENT = "no_consent", _("No consent")
    SUPPRESSED = "suppressed", _("Suppressed")
    NO_ADDRESS = "no_address", _("No address")


class SuppressionReason(TextChoices):
    HARD_BOUNCE = "hard_bounce", _("Address does not exist")
    SOFT_BOUNCES = "soft_bounces", _("Came back too often")
    COMPLAINT = "complaint", _("Reported as spam")
    MANUAL = "manual", _("Added by hand")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """One message to one customer. The same ``idempotency_key`` is never queued twice."""

    customer_id: int
    channel: str
    purpose: str
    """``marketing`` needs consent, ``service`` does not."""
    template_version_id: int
    idempotency_key: str
    """For example ``campaign:5:customer:77``; at most 120 characters, no personal data."""
    source_kind: str
    """What asked for it: ``campaign``, ``journey``, ``order``; with ``source_id`` the unit that pauses and cancels."""
    source_id: int
    variant_id: int | None = None
    not_before: datetime | None = None
    """Aware UTC; None sends as soon as possible."""
    track: bool = True
    """Record opens and clicks, unless that is switched off for the whole installation."""


@dataclass(frozen=True, slots=True)
class QueueResult:
    queued: int
    refused: Mapping[str, int] = field(default_factory=dict)
    """By Eligibility value; refused messages are kept as left out, with their reason."""
    already: int = 0
    """Keys that were queued before; nothing happened to them."""


@dataclass(frozen=True, slots=True)
class ContactCard:
    """Whom a message goes to, as templates see them. Lives in memory only."""

    customer_id: int
    address: str
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    language: str = ""
    region: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    """The merchant's own fields by key, personal ones and empty ones left out."""
