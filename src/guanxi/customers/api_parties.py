"""Endpoints of what customers are to each other."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Router, Schema, Status
from ninja.decorators import decorate_view

from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.problems import PROBLEMS, ApiProblem
from guanxi.core.permissions import actor
from guanxi.customers import queries
from guanxi.customers.parties import queries as parties
from guanxi.customers.parties import services
from guanxi.customers.parties.kinds import RelationKind

router = Router(tags=["customers"])

Id = Annotated[int, Path(gt=0, lt=2**63)]


class RelationIn(Schema):
    """This customer is a contact of a company, belongs to a parent company, or is a member of a household."""

    to_id: Annotated[int, Field(gt=0, lt=2**63, description="the company, parent company or household")]
    kind: RelationKind
    title: Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")] = Field("", description="of a contact")


class RelationOut(Schema):
    id: int
    kind: str
    outward: bool = Field(description="the other is what this one belongs to")
    other_id: int
    title: str
    since: datetime


class RelationMade(Schema):
    id: int


def _present(customer_id: int) -> int:
    """The customer as it is now. Raises ApiProblem."""
    found = queries.present([customer_id])
    if customer_id not in found:
        raise ApiProblem(404, "not-found", "There is no such customer.")
    return found[customer_id]


@router.get("/{customer_id}/relations", response={200: list[RelationOut], **PROBLEMS}, auth=Scope("customers.view"))
def list_relations(request: HttpRequest, customer_id: Id) -> list[dict[str, Any]]:
    """What the customer belongs to, then who belongs to it, at most 200 of each kind."""
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "outward": one.outward,
            "other_id": one.other.id,
            "title": one.title,
            "since": one.since,
        }
        for one in parties.relations_of(_present(customer_id))
    ]


@router.post("/{customer_id}/relations", response={201: RelationMade, **PROBLEMS}, auth=Scope("customers.edit"))
@decorate_view(idempotent)
def add_relation(request: HttpRequest, customer_id: Id, body: RelationIn) -> Status[dict[str, int]]:
    """Tie this customer to another; the same again changes the title."""
    _present(customer_id)
    try:
        made = services.relate(
            customer_id,
            to_id=body.to_id,
            kind=body.kind,
            title=body.title,
            user=actor(request),
            now=timezone.now(),
        )
    except services.CannotRelate as error:
        raise ApiProblem(422, "not-valid", str(error)) from None
    return Status(201, {"id": made})


@router.delete("/{customer_id}/relations/{relation_id}", response={204: None, **PROBLEMS}, auth=Scope("customers.edit"))
def remove_relation(request: HttpRequest, customer_id: Id, relation_id: Id) -> Status[None]:
    """Take a relation of this customer away, from either end."""
    now = timezone.now()
    if not services.part(relation_id, customer_id=_present(customer_id), user=actor(request), now=now):
        raise ApiProblem(404, "not-found", "This customer has no such relation.")
    return Status(204, None)
