"""From claimed messages to bytes: asks again who may be written to, fills in, composes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings

from guanxi.core import preferences
from guanxi.customers.types import Purpose
from guanxi.messaging import delivery, queries
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.channels.base import Handover
from guanxi.messaging.models import TemplateVersion
from guanxi.messaging.sender.claiming import Claimed
from guanxi.messaging.sender.outcomes import Result, skipped
from guanxi.messaging.templating import liquid, provided
from guanxi.messaging.templating.filling import CannotFill, Parsed, Sender, Tracking, fill, parsed
from guanxi.messaging.types import ContactCard, Eligibility, Reason


class Preparer:
    """What one run needs for all its messages, read once."""

    def __init__(self) -> None:
        self.delivery = delivery.load()
        self.sender = Sender(merchant=preferences.merchant_name(), base_url=settings.BASE_URL)
        self._versions: dict[int, Parsed] = {}

    def prepare(self, claimed: Sequence[Claimed], *, now: datetime) -> Iterator[tuple[Claimed, Handover | Result]]:
        """Each message as bytes, or as left out with its reason."""
        groups: dict[tuple[str, str], list[Claimed]] = defaultdict(list)
        for message in claimed:
            groups[message.channel, message.purpose].append(message)
        for (channel, purpose), messages in groups.items():
            ids = list({message.customer_id for message in messages})
            checked = queries.check_contacts(ids, channel, purpose)
            reached = [one for one in messages if checked.reasons[one.customer_id] == Eligibility.OK]
            more = self._provided(reached, now)
            for message in messages:
                reason = checked.reasons[message.customer_id]
                if reason != Eligibility.OK:
                    yield message, skipped(message.message_id, _reason(reason), at=now)
                else:
                    values = more.get((message.template_version_id, message.customer_id), {})
                    yield message, self._compose(message, checked.cards[message.customer_id], values, now)

    def _provided(self, messages: Sequence[Claimed], now: datetime) -> dict[tuple[int, int], Mapping[str, str]]:
        """What rooms above say of these customers, by version and customer; a few questions for each version."""
        customers: dict[int, set[int]] = defaultdict(set)
        for message in messages:
            if self._version(message.template_version_id).provided:
                customers[message.template_version_id].add(message.customer_id)
        return {
            (number, customer_id): values
            for number, ids in customers.items()
            for customer_id, values in provided.values(self._version(number).provided, ids, now=now).items()
        }

    def _compose(
        self, message: Claimed, card: ContactCard, more: Mapping[str, str], now: datetime
    ) -> Handover | Result:
        tracking = Tracking(
            opens=message.track and self.delivery.track_opens, clicks=message.track and self.delivery.track_clicks
        )
        version = self._version(message.template_version_id)
        try:
            with liquid.missing_values() as missing:
                filled = fill(
                    version, card, message_id=message.message_id, sender=self.sender, tracking=tracking, more=more
                )
        except CannotFill:
            return skipped(message.message_id, Reason.TEMPLATE, at=now)
        if version.provided and any(liquid.written_name(value) in version.provided for value in missing):
            return skipped(message.message_id, Reason.NO_VALUE, at=now)
        return CHANNELS.get(message.channel).compose(
            filled,
            address=card.address,
            message_id=message.message_id,
            marketing=message.purpose == Purpose.MARKETING,
            options=self.delivery,
            now=now,
        )

    def _version(self, number: int) -> Parsed:
        if number not in self._versions:
            self._versions[number] = parsed(TemplateVersion.objects.get(pk=number))
        return self._versions[number]


def _reason(eligibility: str) -> Reason:
    return Reason(eligibility)
