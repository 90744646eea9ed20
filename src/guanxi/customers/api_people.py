"""Endpoints of batches of people."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import field_validator

from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.paging import Page, Paging, cut
from guanxi.core.api.problems import PROBLEMS, ApiProblem, FieldProblem
from guanxi.core.permissions import actor
from guanxi.customers.identifier_kinds import NEEDS_APP, SHOP_SCOPED
from guanxi.customers.models import Occasion
from guanxi.customers.parties.kinds import Role
from guanxi.customers.people import queries, services
from guanxi.customers.people.queries import BatchCard
from guanxi.customers.people.types import IncomingPerson
from guanxi.customers.schemas import IdentifierIn
from guanxi.customers.types import Channel, IdentifierKind, IncomingIdentifier, IncomingProfile

router = Router(tags=["people"])

MOST = 1000
Id = Annotated[int, Path(gt=0, lt=2**63)]
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Short = Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")]
Label = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]


class PersonIn(Schema):
    """One card. Who has no name, company, phone or e-mail is refused."""

    name: Text = ""
    company: Text = ""
    title: Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")] = ""
    role: Role | Literal[""] = ""
    phones: list[Text] = Field([], max_length=5)
    emails: list[Text] = Field([], max_length=5)
    identifiers: list[IdentifierIn] = Field([], max_length=20, description="of kinds that mean the same in every shop")
    gender: Literal["", "female", "male"] = ""
    birth_date: date | None = None
    country: Short = ""
    region: Short = ""
    city: Short = ""
    address: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
    tags: list[Label] = Field([], max_length=50)
    remark: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""

    @field_validator("identifiers")
    @classmethod
    def _means_something(cls, given: list[IdentifierIn]) -> list[IdentifierIn]:
        """People of a batch come from no shop."""
        for one in given:
            if one.kind in SHOP_SCOPED or (one.kind in NEEDS_APP and not one.within):
                raise ValueError(f"{one.kind.value} means something within one shop or app only, and none is named")
        return given


class BatchIn(Schema):
    """People that came together. A batch of this name that is there takes them in and keeps what was said of it."""

    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
    occasion: Occasion = Occasion.LIST
    occurred_on: date | None = Field(None, description="today when left out")
    role: Role | Literal[""] = Field("", description="given to all of them and to their companies")
    tags: list[Label] = Field([], max_length=50)
    consent_channels: list[Channel] = Field([], max_length=2, description="a card alone is no consent")
    consent_how: Text = Field("", description="how all of them agreed; needed with consent_channels")
    country: Annotated[str, Field(pattern=r"^[A-Za-z]{2}$")] = Field(
        "CN", description="of phone numbers without a country code"
    )
    people: list[PersonIn] = Field([], max_length=MOST)


class RefusedOut(Schema):
    place: int = Field(description="among the people given, from 0")
    reason: str


class RecordedOut(Schema):
    id: int
    rows: int
    customers_created: int
    companies_created: int
    unchanged: int
    rejected: int
    customer_ids: list[int | None] = Field(description="one for each person given, in order; null for the refused")
    refused: list[RefusedOut]


class BatchOut(Schema):
    id: int
    name: str
    occasion: str
    occurred_on: date
    tags: list[str]
    consent_channels: list[str]
    created_at: datetime


class CountedBatchOut(BatchOut):
    rows: int
    people: int
    known_before: int
    with_email: int
    with_phone: int
    consented: int = Field(description="agree to marketing on some channel today")
    companies: int


def _out(card: BatchCard) -> dict[str, Any]:
    shown = {name: getattr(card, name) for name in BatchOut.model_fields}
    return shown | {"tags": list(card.tags), "consent_channels": list(card.consent_channels)}


def _person(place: int, one: PersonIn) -> IncomingPerson:
    identifiers = (
        *(IncomingIdentifier(IdentifierKind.PHONE, value) for value in one.phones),
        *(IncomingIdentifier(IdentifierKind.EMAIL, value) for value in one.emails),
        *(each.incoming() for each in one.identifiers),
    )
    said = one.model_dump(include={"name", "gender", "birth_date", "country", "region", "city", "address"})
    return IncomingPerson(
        row=place,
        profile=IncomingProfile(identifiers=identifiers, tags=tuple(one.tags), **said),
        company=one.company,
        title=one.title,
        role=str(one.role),
        remark=one.remark,
    )


@router.get("/batches", response={200: Page[BatchOut], **PROBLEMS}, auth=Scope("customers.view"))
def list_batches(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """All batches, the newest first."""
    before = paging.after([int])
    cards = queries.cards(limit=paging.limit + 1, before_id=int(before[0]) if before else None)
    items, following = cut(cards, paging.limit, lambda card: (card.id,))
    return {"items": [_out(card) for card in items], "next": following}


@router.get("/batches/{batch_id}", response={200: CountedBatchOut, **PROBLEMS}, auth=Scope("customers.view"))
def one_batch(request: HttpRequest, batch_id: Id) -> dict[str, Any]:
    """One batch with whom it holds, as they stand today."""
    card = queries.card(batch_id)
    if card is None:
        raise ApiProblem(404, "not-found", "There is no such batch.")
    found = queries.counts(batch_id)
    counted = set(CountedBatchOut.model_fields) - set(BatchOut.model_fields)
    return _out(card) | {name: getattr(found, name) for name in counted}


@router.post("/batches", response={201: RecordedOut, **PROBLEMS}, auth=Scope("customers.import"))
@decorate_view(idempotent)
def add_people(request: HttpRequest, body: BatchIn) -> Status[dict[str, Any]]:
    """Put people in a batch, made when there is none of this name. Whoever is in it already stays as they are."""
    now = timezone.now()
    plan = services.BatchPlan(
        name=body.name,
        occasion=body.occasion,
        occurred_on=body.occurred_on or timezone.localdate(),
        role=body.role,
        tags=body.tags,
        consent_channels=[one.value for one in body.consent_channels],
        consent_how=body.consent_how,
        country=body.country,
    )
    try:
        batch = services.open_batch(plan, user=actor(request), now=now)
    except services.BadBatch as error:
        problem = FieldProblem(where=f"body.{error.field}", message=str(error))
        raise ApiProblem(422, "not-valid", "A value is not acceptable.", [problem]) from None
    done = services.record_people(batch.pk, [_person(n, one) for n, one in enumerate(body.people)], now=now)
    refused = [{"place": place, "reason": reason} for place, reason in done.refused]
    return Status(201, {"id": batch.pk, **done.counts.as_dict(), "customer_ids": done.customer_ids, "refused": refused})
