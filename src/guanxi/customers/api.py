"""Endpoints of customers. What they give is masked; `/personal` gives one customer in full and is recorded."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import AwareDatetime

from guanxi.core import audit
from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.paging import Page, Paging, cut
from guanxi.core.api.problems import PROBLEMS, ApiProblem, FieldProblem
from guanxi.core.permissions import actor
from guanxi.customers import queries, services
from guanxi.customers.api_fields import Values, values_of, write_values
from guanxi.customers.parties import services as parties
from guanxi.customers.parties.kinds import Party, Role
from guanxi.customers.schemas import IdentifierIn
from guanxi.customers.services import AlreadyKnown, BadField
from guanxi.customers.types import (
    Channel,
    CustomerCard,
    IdentifierKind,
    IncomingIdentifier,
    IncomingProfile,
    Purpose,
)

router = Router(tags=["customers"])

Id = Annotated[int, Path(gt=0, lt=2**63)]
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


PARTY = ("party", "roles")
"""Fields that say what a customer is; the rest are a profile's."""


class CustomerOut(Schema):
    """A customer, personal fields masked."""

    id: int
    name: str
    phone: str
    email: str
    gender: str
    birth_year: int | None
    birth_month: int | None
    country: str
    region: str
    city: str
    language: str
    source: str
    party: Party
    roles: list[Role] = Field(description="what the customer is to us; none means consumer")
    tags: list[str]
    created_at: datetime
    updated_at: datetime
    erased: bool
    owner_id: int | None = Field(description="the user who looks after them")
    fields: dict[str, str] = Field(description="custom fields by key, as text; the empty are left out")


class PersonalOut(Schema):
    """Personal fields in full."""

    name: str
    phone: str
    email: str
    address: str
    birth_date: str


class CustomerIn(Schema):
    name: Text = ""
    phone: Text = ""
    email: Text = ""
    identifiers: list[IdentifierIn] = Field([], max_length=20, description="of kinds that mean the same in every shop")
    gender: Literal["", "female", "male"] = ""
    birth_date: date | None = None
    country: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    region: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    city: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    address: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
    party: Party = Party.PERSON
    roles: list[Role] = Field([], max_length=len(Role))
    tags: list[Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]] = Field([], max_length=50)
    fields: Values = {}


class CustomerChange(Schema):
    """Fields left out stay; an empty text empties a field."""

    name: Text | None = None
    phone: Text | None = None
    email: Text | None = None
    gender: Literal["", "female", "male"] | None = None
    birth_date: date | Literal[""] | None = None
    country: Text | None = None
    region: Text | None = None
    city: Text | None = None
    address: Text | None = None
    fields: Values = {}
    party: Party | None = None
    roles: list[Role] | None = Field(None, max_length=len(Role))


class SearchIn(Schema):
    """In the body, because an address must not hold a phone number."""

    text: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class TagsIn(Schema):
    add: list[Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]] = Field([], max_length=50)
    remove: list[Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]] = Field([], max_length=50)


class ConsentIn(Schema):
    channel: Channel
    purpose: Purpose = Purpose.MARKETING
    granted: bool
    at: AwareDatetime | None = Field(None, description="when they said so; now when left out")
    detail: Text = ""


class ConsentOut(Schema):
    channel: str
    purpose: str
    granted: bool
    source: str
    at: datetime
    holds: bool


class Created(Schema):
    id: int


class OwnerIn(Schema):
    owner_id: Annotated[int, Field(gt=0, lt=2**63)] | None = Field(description="a user's number; null for nobody")


def _out(card: CustomerCard) -> dict[str, Any]:
    return _all_out([card])[0]


def _all_out(cards: Sequence[CustomerCard]) -> list[dict[str, Any]]:
    plain = [name for name in CustomerOut.model_fields if name not in ("tags", "fields")]
    said = values_of([card.id for card in cards])
    return [
        {name: getattr(card, name) for name in plain} | {"tags": list(card.tags), "fields": said.get(card.id, {})}
        for card in cards
    ]


def _card(customer_id: int) -> CustomerCard:
    found = queries.profiles([customer_id])
    if not found:
        raise ApiProblem(404, "not-found", "There is no such customer.")
    return _card(found[0].merged_into) if found[0].merged_into else found[0]


def _problem(error: Exception) -> ApiProblem:
    if isinstance(error, AlreadyKnown):
        return ApiProblem(409, "already-known", f"Customer {error.customer_id} has this identifier.")
    assert isinstance(error, BadField)
    return ApiProblem(
        422, "not-valid", "A value is not acceptable.", [FieldProblem(where=f"body.{error.field}", message=str(error))]
    )


@router.get("", response={200: Page[CustomerOut], **PROBLEMS}, auth=Scope("customers.view"))
def list_customers(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """All customers, newest first."""
    before = paging.after([int])
    ids = queries.newest_ids(limit=paging.limit + 1, before_id=int(before[0]) if before else None)
    cards = queries.profiles(ids)
    items, following = cut(cards, paging.limit, lambda card: (card.id,))
    return {"items": _all_out(items), "next": following}


@router.post("/search", response={200: list[CustomerOut], **PROBLEMS}, auth=Scope("customers.view"))
def search_customers(request: HttpRequest, body: SearchIn) -> list[dict[str, Any]]:
    """By phone, e-mail, account, last four digits or parts of the name; at most 50."""
    return _all_out(queries.profiles(queries.search(body.text)))


@router.post("", response={201: Created, **PROBLEMS}, auth=Scope("customers.edit"))
@decorate_view(idempotent)
def create_customer(request: HttpRequest, body: CustomerIn) -> Status[dict[str, int]]:
    """A new customer. 409 with the customer's number when the phone or e-mail is someone's already."""
    identifiers = [
        IncomingIdentifier(kind, value)
        for kind, value in ((IdentifierKind.PHONE, body.phone), (IdentifierKind.EMAIL, body.email))
        if value
    ] + [one.incoming() for one in body.identifiers]
    profile = IncomingProfile(
        identifiers=identifiers,
        **body.model_dump(exclude={"phone", "email", "identifiers", "fields", *PARTY}),
    )
    now = timezone.now()
    try:
        with transaction.atomic():
            customer_id = services.create_customer(profile, source="api", country=body.country or "CN", now=now)
            write_values(customer_id, body.fields, now=now)
            parties.set_party(customer_id, body.party, user=actor(request), now=now)
            parties.set_roles(customer_id, body.roles, user=actor(request), now=now)
            audit.record("customer.created", actor=actor(request), subject=("customer", customer_id), request=request)
    except (AlreadyKnown, BadField) as error:
        raise _problem(error) from None
    return Status(201, {"id": customer_id})


@router.get("/{customer_id}", response={200: CustomerOut, **PROBLEMS}, auth=Scope("customers.view"))
def one_customer(request: HttpRequest, customer_id: Id) -> dict[str, Any]:
    """One customer, masked; of one that was merged into another, that other."""
    return _out(_card(customer_id))


@router.get("/{customer_id}/personal", response={200: PersonalOut, **PROBLEMS}, auth=Scope("customers.reveal"))
def personal(request: HttpRequest, customer_id: Id) -> dict[str, str]:
    """Personal fields in full; each one read is recorded."""
    _card(customer_id)
    return {
        field: services.reveal(customer_id, field, user=actor(request), now=timezone.now(), request=request)
        for field in PersonalOut.model_fields
    }


@router.patch("/{customer_id}", response={200: CustomerOut, **PROBLEMS}, auth=Scope("customers.edit"))
@decorate_view(idempotent)
def change_customer(request: HttpRequest, customer_id: Id, body: CustomerChange) -> dict[str, Any]:
    """Change some fields."""
    card = _card(customer_id)
    if card.erased:
        raise ApiProblem(409, "erased", "This customer's personal data was erased for good.")
    unset = body.model_dump(exclude_unset=True, exclude={"fields"})
    given = {name: value for name, value in unset.items() if value is not None}
    changes = {name: str(value) for name, value in given.items() if name not in PARTY}
    now = timezone.now()
    try:
        with transaction.atomic():
            services.update_customer(customer_id, changes=changes, source="api", country=card.country or "CN", now=now)
            write_values(customer_id, body.fields, now=now)
            if body.party is not None:
                parties.set_party(card.id, body.party, user=actor(request), now=now)
            if body.roles is not None:
                parties.set_roles(card.id, body.roles, user=actor(request), now=now)
            audit.record(
                "customer.changed",
                actor=actor(request),
                subject=("customer", customer_id),
                detail={"fields": sorted([*changes, *(f"field:{key}" for key in body.fields)])},
                request=request,
            )
    except (AlreadyKnown, BadField) as error:
        raise _problem(error) from None
    return _out(_card(customer_id))


@router.post("/{customer_id}/tags", response={200: CustomerOut, **PROBLEMS}, auth=Scope("customers.edit"))
@decorate_view(idempotent)
def change_tags(request: HttpRequest, customer_id: Id, body: TagsIn) -> dict[str, Any]:
    """Put tags on and take tags off."""
    _card(customer_id)
    now = timezone.now()
    with transaction.atomic():
        services.tag([customer_id], body.add, now=now)
        services.untag([customer_id], body.remove, now=now)
    return _out(_card(customer_id))


@router.post("/{customer_id}/owner", response={200: CustomerOut, **PROBLEMS}, auth=Scope("customers.assign"))
@decorate_view(idempotent)
def assign(request: HttpRequest, customer_id: Id, body: OwnerIn) -> dict[str, Any]:
    """Say who of the staff looks after a customer. 409 when their personal data was erased."""
    card = _card(customer_id)
    if card.erased:
        raise ApiProblem(409, "erased", "This customer's personal data was erased for good.")
    try:
        services.assign([card.id], owner_id=body.owner_id, user=actor(request), now=timezone.now())
    except services.UnknownOwner as error:
        raise ApiProblem(
            422, "not-valid", "A value is not acceptable.", [FieldProblem(where="body.owner_id", message=str(error))]
        ) from None
    return _out(_card(card.id))


@router.get("/{customer_id}/consents", response={200: list[ConsentOut], **PROBLEMS}, auth=Scope("customers.view"))
def list_consents(request: HttpRequest, customer_id: Id) -> list[Any]:
    """The ledger, newest first; `holds` marks the answer in force for its channel and purpose."""
    _card(customer_id)
    return queries.consents(customer_id)


@router.post("/{customer_id}/consents", response={201: Created, **PROBLEMS}, auth=Scope("customers.consent"))
@decorate_view(idempotent)
def record_consent(request: HttpRequest, customer_id: Id, body: ConsentIn) -> Status[dict[str, int]]:
    """Enter what the customer said."""
    if _card(customer_id).erased:
        raise ApiProblem(409, "erased", "This customer's personal data was erased for good.")
    now = timezone.now()
    if body.at and body.at > now:
        raise ApiProblem(
            422,
            "not-valid",
            "A value is not acceptable.",
            [FieldProblem(where="body.at", message="lies in the future")],
        )
    services.record_consent(
        [customer_id],
        channel=body.channel,
        purpose=body.purpose,
        granted=body.granted,
        source="api",
        at=body.at or now,
        now=now,
        detail=body.detail,
    )
    return Status(201, {"id": customer_id})


@router.delete("/{customer_id}", response={204: None, **PROBLEMS}, auth=Scope("customers.erase"))
def erase_customer(request: HttpRequest, customer_id: Id) -> Status[None]:
    """Destroy the personal data for good. Orders stay, without the person."""
    _card(customer_id)
    services.erase(customer_id, user=actor(request), now=timezone.now(), request=request)
    return Status(204, None)
