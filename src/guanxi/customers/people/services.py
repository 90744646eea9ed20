"""What pages, the command and the API do with batches of people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanxi.core import audit, preferences
from guanxi.core.models import User
from guanxi.customers import tagging
from guanxi.customers.models import Occasion, PeopleBatch
from guanxi.customers.parties.kinds import Role
from guanxi.customers.people import recording
from guanxi.customers.people.preparing import Ready, Refused, prepare
from guanxi.customers.people.types import Counts, IncomingPerson
from guanxi.customers.types import Channel


class BadBatch(ValueError):
    """What is said of a batch is not acceptable; the message is for people."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlan:
    """What is said of a batch before it is there."""

    name: str
    occurred_on: date
    occasion: str = Occasion.LIST.value
    role: str = ""
    tags: Sequence[str] = ()
    consent_channels: Sequence[str] = ()
    consent_how: str = ""
    country: str = "CN"


def open_batch(plan: BatchPlan, *, user: User | None, now: datetime) -> PeopleBatch:
    """The batch of this name, made when there is none; one that is there keeps what was said of it. Raises BadBatch."""
    name = " ".join(plan.name.split())
    if found := PeopleBatch.objects.filter(name=name).first():
        return found
    _check(plan, name)
    try:
        with transaction.atomic():
            batch = PeopleBatch.objects.create(
                name=name,
                occasion=plan.occasion,
                occurred_on=plan.occurred_on,
                role=plan.role,
                tags=list(dict.fromkeys(filter(None, map(tagging.clean, plan.tags)))),
                consent_channels=list(dict.fromkeys(plan.consent_channels)),
                consent_how=plan.consent_how.strip(),
                country=plan.country.upper(),
                created_by=user,
                created_at=now,
            )
            audit.record("people.batch_created", actor=user, subject=("people_batch", batch.pk), now=now)
    except IntegrityError:  # somebody was faster
        return PeopleBatch.objects.get(name=name)
    return batch


def _check(plan: BatchPlan, name: str) -> None:
    if not name or len(name) > 120:
        raise BadBatch("name", _("A batch needs a name of at most 120 characters, such as “Spring fair 2026”."))
    if plan.occasion not in Occasion.values:
        raise BadBatch("occasion", _("There is no such occasion."))
    if plan.role and plan.role not in Role.values:
        raise BadBatch("role", _("There is no such role."))
    if set(plan.consent_channels) - set(Channel):
        raise BadBatch("consent_channels", _("There is no such channel."))
    if plan.consent_channels and not plan.consent_how.strip():
        raise BadBatch("consent_how", _("Say how they agreed; a card alone is no consent."))
    if len(plan.consent_how) > 200:
        raise BadBatch("consent_how", _("This is longer than %(limit)s characters.") % {"limit": 200})
    if not (len(plan.country) == 2 and plan.country.isascii() and plan.country.isalpha()):
        raise BadBatch("country", _("Write the country as two letters, such as CN."))


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of people given one by one."""

    counts: Counts
    customer_ids: list[int | None]
    """One for each given, in order; None for those that were refused."""
    refused: list[tuple[int, str]]
    """Place among those given, from 0, and why, for people."""


def record_people(batch_id: int, given: Sequence[IncomingPerson], *, now: datetime) -> Recorded:
    """Put people in a batch without a file. What is in it already stays as it is. Raises PeopleBatch.DoesNotExist."""
    batch = PeopleBatch.objects.get(pk=batch_id)
    seen_at = datetime.combine(batch.occurred_on, time.min, tzinfo=preferences.time_zone())
    refused: list[tuple[int, str]] = []
    ready: dict[int, Ready] = {}
    for place, one in enumerate(given):
        try:
            ready[place] = prepare(one, country=batch.country, seen_at=seen_at)
        except Refused as error:
            refused.append((place, str(error)))
    with transaction.atomic():
        counts = recording.record(batch, list(ready.values()), file_id=None, now=now)
        found = recording.members(batch, [one.digest for one in ready.values()])
    counts.rows, counts.rejected = len(given), len(refused)
    who = [found[ready[place].digest] if place in ready else None for place in range(len(given))]
    return Recorded(counts, who, refused)
