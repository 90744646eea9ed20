"""What other rooms, pages and the API do to customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guanxi.core import audit, bulk, events
from guanxi.core.models import User
from guanxi.customers import chinese_addresses, consents, following, normalise, profiles, resolution, sharing, tagging
from guanxi.customers.candidates import Candidate, candidate, key, search_hash
from guanxi.customers.consents import Answer, may_contact
from guanxi.customers.events import CustomerErased
from guanxi.customers.fields import queries as field_queries
from guanxi.customers.fields import writing as field_values
from guanxi.customers.identifier_kinds import HINTS, NEEDS_APP, PASSING, SHOP_SCOPED
from guanxi.customers.merging.log import CannotMerge, Merged, Pair, keep_edits, merge, try_merge
from guanxi.customers.merging.log import undo as undo_merge
from guanxi.customers.merging.together import tree_of
from guanxi.customers.models import Customer, CustomerTag, Hint, Identifier, OwnProfile, PeopleMember
from guanxi.customers.normalise import region as region_name
from guanxi.customers.notes import services as notes
from guanxi.customers.owners import UnknownOwner, assign, hand_over, owner_from
from guanxi.customers.owners import counts as owned_counts
from guanxi.customers.parties import companies, relations
from guanxi.customers.parties.kinds import Party
from guanxi.customers.splitting import CannotSplit, split
from guanxi.customers.tagging import TagTaken
from guanxi.customers.tagging import clean as tag_name
from guanxi.customers.tagging import delete as delete_tag
from guanxi.customers.tagging import follow_rule as follow_tag_rule
from guanxi.customers.tagging import make as make_tag
from guanxi.customers.tagging import merge as merge_tags
from guanxi.customers.tagging import rename as rename_tag
from guanxi.customers.tagging import tell_of_renames as tell_of_tag_renames
from guanxi.customers.types import (
    Channel,
    IdentifierKind,
    IncomingConsent,
    IncomingIdentifier,
    IncomingProfile,
    Purpose,
    ResolveResult,
)

__all__ = [
    "AlreadyKnown",
    "Answer",
    "BadField",
    "CannotMerge",
    "CannotSplit",
    "Merged",
    "Pair",
    "TagTaken",
    "UnknownOwner",
    "add_identifier",
    "assign",
    "create_customer",
    "delete_tag",
    "erase",
    "follow_tag_rule",
    "hand_over",
    "make_tag",
    "may_contact",
    "merge",
    "merge_tags",
    "owned_counts",
    "owner_from",
    "record_consent",
    "remove_identifier",
    "rename_tag",
    "resolve",
    "resolve_prepared",
    "restore_identifier",
    "reveal",
    "set_aside_identifier",
    "split",
    "tag",
    "tag_name",
    "tell_of_tag_renames",
    "try_merge",
    "undo_merge",
    "untag",
    "update_customer",
    "verify_identifier",
]

EDITABLE = ("name", "gender", "birth_date", "country", "region", "city", "address", "language", "phone", "email")
REVEALED = ("name", "phone", "email", "address", "birth_date")


class BadField(ValueError):
    """One value of a form or a call is not acceptable; the message is for people."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass
class AlreadyKnown(Exception):
    """Someone else has this identifier."""

    customer_id: int


def resolve(
    profiles: Sequence[IncomingProfile], *, shop_id: int, source: str, country: str, now: datetime
) -> ResolveResult:
    """Who these people are: found by exact identifiers or created, their profiles brought up to date, their consents
    and tags recorded, all in one transaction. One resolution for each profile, in order.

    ``shop_id`` is the shop whose platform accounts and external ids these are, 0 for none.
    """
    return resolve_prepared(
        [candidate(one, shop_id=shop_id, country=country, seen_at=now) for one in profiles],
        shop_id=shop_id,
        source=source,
        now=now,
    )


def resolve_prepared(
    candidates: Sequence[Candidate],
    *,
    shop_id: int,
    source: str,
    now: datetime,
    known: Sequence[int | None] | None = None,
) -> ResolveResult:
    """`resolve` for prepared profiles. ``known`` names customers that are certain already, for example because the
    order was theirs before; they go before every identifier, and the erased among them stay erased."""
    return resolution.resolve(candidates, shop_id=shop_id or None, source=source, now=now, known=known)


def record_consent(
    customer_ids: Sequence[int],
    *,
    channel: Channel,
    purpose: Purpose,
    granted: bool,
    source: str,
    at: datetime,
    now: datetime,
    detail: str = "",
) -> int:
    """Enter the same answer for some customers; returns the entries made. ``at`` is when they said it."""
    consent = IncomingConsent(channel, purpose, granted, at)
    return consents.record([(one, consent) for one in customer_ids], source=source, now=now, detail=detail)


def tag(customer_ids: Sequence[int], names: Sequence[str], *, now: datetime) -> int:
    """Put tags on customers; returns how many were put on. Tags that do not exist are made."""
    return tagging.add([(customer, name) for customer in customer_ids for name in names], now=now, again=True)


def untag(customer_ids: Sequence[int], names: Sequence[str], *, now: datetime) -> int:
    """Take tags off customers; returns how many were taken off."""
    return tagging.remove(customer_ids, names, now=now)


def create_customer(profile: IncomingProfile, *, source: str, country: str, now: datetime) -> int:
    """A customer entered by a person or through the API, identifiers or not. Returns the id.

    Raises AlreadyKnown when an identifier is someone's, BadField when one is not acceptable or nothing is said.
    """
    if not (profile.name.strip() or profile.identifiers):
        raise BadField("name", _("Give a name, a phone number or an e-mail address."))
    for identifier in profile.identifiers:
        _check_place(identifier, 0)
    one = candidate(profile, shop_id=0, country=country, seen_at=now)
    if len(one.keys) + len(one.hints) < len(profile.identifiers):
        accepted = {found.kind for found in (*one.keys, *one.hints)}
        wrong = next(found for found in profile.identifiers if found.kind not in accepted)
        raise BadField(wrong.kind.value, _("This value cannot identify a person."))
    with transaction.atomic():
        following.only_writer()
        owner = Identifier.objects.filter(digest__in=[k.digest for k in one.keys]).first()
        if owner:
            raise AlreadyKnown(owner.customer_id)
        result = resolution.resolve([one], shop_id=None, source=source, now=now)
        customer_id = result.resolutions[0].customer_id
        if customer_id is None:
            (customer_id,) = bulk.reserve_ids("customers_customer", 1)
            profiles.create({customer_id: [one]}, shop_id=None, source=source, now=now)
            for consent in profile.consents:
                consents.record([(customer_id, consent)], source=source, now=now)
            tagging.add([(customer_id, name) for name in profile.tags], now=now, again=True)
    return customer_id


def update_customer(customer_id: int, *, changes: Mapping[str, str], source: str, country: str, now: datetime) -> None:
    """Set fields as a person wrote them; empty text empties a field. Fields: `EDITABLE`, dates as ISO 8601.

    A new phone or e-mail becomes an identifier too; the old one stays one until it is removed. Raises AlreadyKnown,
    BadField.
    """
    with transaction.atomic():
        following.only_writer()
        customer = Customer.objects.select_for_update().get(pk=customer_id, erased_at=None)
        edited = []
        for field, text in changes.items():
            if field not in EDITABLE:
                raise BadField(field, _("This field cannot be changed."))
            value = _accepted(field, text.strip(), country)
            if field in ("phone", "email") and value and value != getattr(customer, field):
                identifier = IncomingIdentifier(IdentifierKind(field), value)
                add_identifier(customer_id, identifier, source=source, country=country, now=now)
            if value != getattr(customer, field):
                edited.append(field)
                setattr(customer, field, value)
        customer.division = chinese_addresses.division(customer.region, customer.city, customer.address)
        profiles.write(customer, now=now)
        keep_edits(customer_id, edited)
        if "name" in edited and customer.party == Party.COMPANY:
            companies.name(customer_id, customer.name)


def _accepted(field: str, value: str, country: str) -> str:
    if not value:
        return ""
    if field in ("phone", "email"):
        found = normalise.identifier(IdentifierKind(field), value, country)
        if not found:
            message = _("This is not a phone number.") if field == "phone" else _("This is not an e-mail address.")
            raise BadField(field, message)
        return found
    if field == "gender" and value not in ("female", "male"):
        raise BadField(field, _("Choose female or male, or leave it empty."))
    if field == "birth_date":
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise BadField(field, _("This is not a possible date.")) from None
    limit = {"name": 200, "address": 500, "language": 12}.get(field, 60)
    if len(value) > limit:
        raise BadField(field, _("This is longer than %(limit)s characters.") % {"limit": limit})
    return region_name(value) if field == "region" else value


def add_identifier(
    customer_id: int,
    identifier: IncomingIdentifier,
    *,
    source: str,
    country: str,
    now: datetime,
    shop_id: int = 0,
) -> None:
    """Tie one more identifier to a customer, or note that it is verified. Raises AlreadyKnown when it is someone
    else's, BadField."""
    value = normalise.identifier(identifier.kind, identifier.value, country)
    if not value or identifier.kind in HINTS:
        raise BadField(identifier.kind.value, _("This value cannot identify a person."))
    _check_place(identifier, shop_id)
    found = key(identifier.kind, value, shop_id, identifier.within.strip()[:60])
    with transaction.atomic():
        following.only_writer()
        row = Identifier.objects.filter(digest=found.digest).first()
        if row and row.customer_id != customer_id:
            raise AlreadyKnown(row.customer_id)
        aside, _restored = sharing.known_shared([found.digest])
        if row is None and not aside:
            Identifier.objects.create(
                customer_id=customer_id,
                kind=found.kind.value,
                shop_id=found.shop_id,
                digest=found.digest,
                within=found.within,
                search_hash=search_hash(found),
                value=value,
                source=source[:60],
                first_seen_at=now,
                last_seen_at=now,
                valid_until=now + lasts if (lasts := PASSING.get(found.kind)) else None,
                verified_at=now if identifier.verified else None,
            )
        elif row and identifier.verified and not row.verified_at:
            row.verified_at = now
            row.save(update_fields=["verified_at"])


def _check_place(identifier: IncomingIdentifier, shop_id: int) -> None:
    """Raises BadField where a value means nothing without its shop or app, and that is not said."""
    if identifier.kind in SHOP_SCOPED and not shop_id:
        raise BadField("shop_id", _("Say of which shop it is; it means nothing outside."))
    if identifier.kind in NEEDS_APP and not shop_id and not identifier.within:
        raise BadField("within", _("Say of which app it is; it means nothing outside."))


def remove_identifier(customer_id: int, identifier_id: int) -> None:
    """The customer is no longer known by this identifier."""
    Identifier.objects.filter(pk=identifier_id, customer_id=customer_id).delete()


def verify_identifier(
    customer_id: int, identifier_id: int, *, user: User | None, now: datetime, request: HttpRequest | None = None
) -> None:
    """Someone has checked that this identifier is the customer's."""
    row = Identifier.objects.filter(pk=identifier_id, customer_id=customer_id, verified_at=None)
    if row.update(verified_at=now):
        audit.record(
            "customer.identifier_verified",
            actor=user,
            subject=("customer", customer_id),
            detail={"identifier": identifier_id},
            request=request,
            now=now,
        )


def set_aside_identifier(identifier_id: int, *, user: User | None, now: datetime) -> int:
    """This identifier ties unlike people together: no key any more. Returns its number in the list of shared ones."""
    with transaction.atomic():
        following.only_writer()
        shared_id = sharing.set_aside(identifier_id, now=now)
        audit.record("identifier.set_aside", actor=user, subject=("shared_identifier", shared_id), now=now)
    return shared_id


def restore_identifier(shared_id: int, *, user: User | None, now: datetime) -> None:
    """This identifier is a key after all."""
    with transaction.atomic():
        following.only_writer()
        sharing.restore(shared_id, now=now)
        audit.record("identifier.restored", actor=user, subject=("shared_identifier", shared_id), now=now)


def erase(customer_id: int, *, user: User | None, now: datetime, request: HttpRequest | None = None) -> None:
    """Destroy a customer's personal data for good. Orders and events keep the number, which then says nothing."""
    with transaction.atomic():
        following.only_writer()
        everyone = tree_of([customer_id])
        for customer in Customer.objects.select_for_update().filter(pk__in=everyone):
            for field in EDITABLE:
                if field not in ("country", "region"):
                    setattr(customer, field, "")
            profiles.write(customer, now=now)
        Customer.objects.filter(pk__in=everyone).update(erased_at=now)
        OwnProfile.objects.filter(pk__in=everyone).delete()
        Identifier.objects.filter(customer_id=customer_id).delete()
        Hint.objects.filter(customer_id=customer_id).delete()
        field_values.erase(everyone)
        notes.erase(everyone)
        CustomerTag.objects.filter(customer_id=customer_id, removed_at=None).update(removed_at=now)
        relations.forget(everyone)
        companies.forget(everyone)
        PeopleMember.objects.filter(customer_id=customer_id).update(remark="")
        events.publish([CustomerErased(customer_id=customer_id, subject_id=customer_id, occurred_at=now)], now=now)
        audit.record("customer.erased", actor=user, subject=("customer", customer_id), request=request, now=now)


def reveal(customer_id: int, field: str, *, user: User, now: datetime, request: HttpRequest | None = None) -> str:
    """A personal field in full, for someone with the right to see it; leaves an audit entry.

    ``field`` is one of `REVEALED`, ``identifier:NUMBER``, ``field:NUMBER`` for a custom one or, of a membership in a
    batch, ``remark:NUMBER``. Raises
    PermissionDenied, BadField.
    """
    if not user.may("customers.reveal"):
        raise PermissionDenied("customers.reveal")
    kind, _colon, number = field.partition(":")
    if kind == "identifier" and number.isdigit():
        row = Identifier.objects.filter(pk=int(number), customer_id=customer_id).first()
        value = row.value if row else ""
    elif kind == "field" and number.isdecimal() and len(number) < 19:
        value = field_queries.personal_value(customer_id, int(number))
    elif kind == "remark" and number.isdigit() and len(number) < 19:
        member = PeopleMember.objects.filter(pk=int(number), customer_id=customer_id).first()
        value = member.remark if member else ""
    elif field in REVEALED:
        value = getattr(Customer.objects.only(field).get(pk=customer_id), field)
    else:
        raise BadField(field, _("There is no such field."))
    audit.record(
        "customer.revealed",
        actor=user,
        subject=("customer", customer_id),
        detail={"field": field},
        request=request,
        now=now,
    )
    return str(value)
