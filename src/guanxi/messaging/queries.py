"""What other rooms and pages may know of messages."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from guanxi.customers import queries as known
from guanxi.customers import services as customers
from guanxi.customers.services import Answer
from guanxi.customers.types import Channel, Purpose
from guanxi.messaging import contacts, suppressions
from guanxi.messaging.models import Message, MessageTemplate, PausedSource, TemplateVersion
from guanxi.messaging.types import ContactCard, Eligibility, MessageState

CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class CheckedContacts:
    """Who may be written to, with the reasons of the others, and the cards of those who may."""

    reasons: Mapping[int, Eligibility]
    cards: Mapping[int, ContactCard]


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """A template as other rooms offer it; ``version_id`` is what a message is sent with."""

    id: int
    name: str
    channel: str
    purpose: str
    language: str
    version_id: int
    version_number: int
    subject: str


@dataclass(frozen=True, slots=True)
class SourceStates:
    """How the messages of one source stand."""

    counts: Mapping[str, int]
    """By MessageState value."""
    skipped: Mapping[str, int]
    """Left out, by Reason value."""
    opened: int
    clicked: int
    unsubscribed: int
    paused: bool

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def finished(self) -> bool:
        """Nothing waits any more; uncertain ones wait for a person, not for the sender."""
        return not (self.counts.get(MessageState.QUEUED) or self.counts.get(MessageState.SENDING))


@dataclass(frozen=True, slots=True)
class Reaction:
    """Messages of one customer: how many were sent, and of those opened and clicked."""

    sent: int
    opened: int
    clicked: int


@dataclass(frozen=True, slots=True)
class MessageCard:
    """One message in a customer's history."""

    id: int
    channel: str
    purpose: str
    template_name: str
    subject: str
    """As the template has it, not filled in."""
    source_kind: str
    source_id: int
    variant_id: int | None
    state: str
    state_label: str
    reason: str
    reason_label: str
    created_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    clicked_at: datetime | None
    bounced_at: datetime | None
    unsubscribed_at: datetime | None


def check_contacts(customer_ids: Sequence[int], channel: str, purpose: str) -> CheckedContacts:
    """As ``eligibility``, and the cards too: for sending, some thousands at a time."""
    answers = customers.may_contact(customer_ids, channel=Channel(channel), purpose=Purpose(purpose))
    cards = contacts.cards([number for number, answer in answers.items() if answer.allowed], channel)
    suppressed = suppressions.suppressed_ids({number: card.address for number, card in cards.items()}, channel)
    reasons = {number: _reason(number, answer, cards, suppressed) for number, answer in answers.items()}
    return CheckedContacts(reasons, cards)


def eligibility(customer_ids: Sequence[int], channel: str, purpose: str) -> dict[int, Eligibility]:
    """For each customer whether a message may go, and if not why. Any number of ids; opens hardly any address.

    ``check_contacts`` asks again, to the letter, when a message's turn comes.
    """
    return {
        number: reason
        for chunk in _chunks(customer_ids)
        for number, reason in _eligibility(chunk, Channel(channel), Purpose(purpose)).items()
    }


def _eligibility(customer_ids: Sequence[int], channel: Channel, purpose: Purpose) -> dict[int, Eligibility]:
    answers = customers.may_contact(customer_ids, channel=channel, purpose=purpose)
    reachable = known.reachable([number for number, answer in answers.items() if answer.allowed], channel=channel)
    suppressed = suppressions.suppressed_customers(list(reachable), channel)
    return {number: _reason(number, answer, reachable, suppressed) for number, answer in answers.items()}


def _reason(number: int, answer: Answer, reachable: Container[int], suppressed: Container[int]) -> Eligibility:
    if not answer.allowed:
        return Eligibility.NO_ADDRESS if answer.reason == "erased" else Eligibility.NO_CONSENT
    if number in suppressed:
        return Eligibility.SUPPRESSED
    return Eligibility.OK if number in reachable else Eligibility.NO_ADDRESS


def eligibility_counts(customer_ids: Sequence[int], channel: str, purpose: str) -> dict[Eligibility, int]:
    """How many customers there are of each kind; kinds without any are 0."""
    counts = dict.fromkeys(Eligibility, 0)
    for reason in eligibility(customer_ids, channel, purpose).values():
        counts[reason] += 1
    return counts


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))


def states(source_kind: str, source_id: int) -> SourceStates:
    """How the messages of a source stand, now."""
    rows = Message.objects.filter(source_kind=source_kind, source_id=source_id)
    counts: dict[str, int] = {}
    skipped: dict[str, int] = {}
    for state, reason, count in rows.values_list("state", "reason").annotate(count=Count("id")).order_by():
        counts[state] = counts.get(state, 0) + count
        if state == MessageState.SKIPPED:
            skipped[reason] = skipped.get(reason, 0) + count
    happened = rows.aggregate(opened=Count("opened_at"), clicked=Count("clicked_at"), stopped=Count("unsubscribed_at"))
    return SourceStates(
        counts,
        skipped,
        happened["opened"],
        happened["clicked"],
        happened["stopped"],
        PausedSource.objects.filter(source_kind=source_kind, source_id=source_id).exists(),
    )


def reactions(customer_ids: Sequence[int], *, since: datetime) -> dict[int, Reaction]:
    """What was sent to each of these customers since a moment and what they did; those without a message left out."""
    rows = Message.objects.filter(customer_id__in=list(customer_ids), sent_at__gte=since).order_by()
    counted = rows.values_list("customer_id").annotate(Count("pk"), Count("opened_at"), Count("clicked_at"))
    return {row[0]: Reaction(*row[1:]) for row in counted}


def history(customer_id: int, *, limit: int = 50) -> list[MessageCard]:
    """A customer's messages, newest first, those left out with their reason."""
    rows = Message.objects.filter(customer_id=customer_id).select_related("template_version__template")
    bodies = [f"template_version__{field}" for field in ("source", "html", "text", "text_source", "links")]
    return [_card(row) for row in rows.defer(*bodies).order_by("-id")[:limit]]


def _card(row: Message) -> MessageCard:
    return MessageCard(
        id=row.pk,
        channel=row.channel,
        purpose=row.purpose,
        template_name=row.template_version.template.name,
        subject=row.template_version.subject,
        source_kind=row.source_kind,
        source_id=row.source_id,
        variant_id=row.variant_id,
        state=row.state,
        state_label=row.get_state_display(),
        reason=row.reason,
        reason_label=row.get_reason_display(),
        created_at=row.created_at,
        sent_at=row.sent_at,
        opened_at=row.opened_at,
        clicked_at=row.clicked_at,
        bounced_at=row.bounced_at,
        unsubscribed_at=row.unsubscribed_at,
    )


def templates(*, channel: str | None = None) -> list[TemplateChoice]:
    """Templates in use by name, each with its newest version."""
    wanted = MessageTemplate.objects.filter(archived_at=None, **({"channel": channel} if channel else {}))
    newest = (
        TemplateVersion.objects.filter(template__in=wanted).order_by("template_id", "-number").distinct("template_id")
    )
    rows = newest.select_related("template").defer("source", "html", "text", "text_source")
    return sorted((_choice(row) for row in rows), key=lambda choice: (choice.name.casefold(), choice.id))


def template_version(version_id: int) -> TemplateChoice | None:
    """What a version is, for rooms that keep its number."""
    row = TemplateVersion.objects.select_related("template").filter(pk=version_id).first()
    return _choice(row) if row else None


def _choice(row: TemplateVersion) -> TemplateChoice:
    template = row.template
    return TemplateChoice(
        id=template.pk,
        name=template.name,
        channel=template.channel,
        purpose=template.purpose,
        language=template.language,
        version_id=row.pk,
        version_number=row.number,
        subject=row.subject,
    )
