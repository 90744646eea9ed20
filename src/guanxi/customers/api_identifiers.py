"""Endpoints of what ties records to a customer."""

from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Router, Schema, Status
from ninja.decorators import decorate_view

from guanxi.core import audit
from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.problems import PROBLEMS, ApiProblem, FieldProblem
from guanxi.core.permissions import actor
from guanxi.customers import queries, services
from guanxi.customers.schemas import IdentifierIn

router = Router(tags=["customers"])

Id = Annotated[int, Path(gt=0, lt=2**63)]


class IdentifierOut(Schema):
    """Something by which a customer is known, masked."""

    id: int
    kind: str
    shop_id: int = Field(description="0 for what means the same in every shop")
    within: str
    masked: str
    source: str
    first_seen_at: datetime
    last_seen_at: datetime
    valid_until: datetime | None = Field(description="when it ends to say who somebody is, for kinds that pass")
    verified_at: datetime | None


class NewIdentifier(IdentifierIn):
    shop_id: Annotated[int, Field(ge=0, lt=2**63)] = Field(0, description="for kinds that mean something in one shop")


def _there(customer_id: int) -> int:
    """Who this customer is now. Raises ApiProblem."""
    now = queries.present([customer_id])
    if customer_id not in now:
        raise ApiProblem(404, "not-found", "There is no such customer.")
    return now[customer_id]


@router.get("/{customer_id}/identifiers", response={200: list[IdentifierOut], **PROBLEMS}, auth=Scope("customers.view"))
def list_identifiers(request: HttpRequest, customer_id: Id) -> list[Any]:
    """What ties records to this customer: from where, since when, how long, and whether it was verified."""
    return queries.identifiers(_there(customer_id))


@router.post(
    "/{customer_id}/identifiers", response={200: list[IdentifierOut], **PROBLEMS}, auth=Scope("customers.edit")
)
@decorate_view(idempotent)
def add_identifier(request: HttpRequest, customer_id: Id, body: NewIdentifier) -> list[Any]:
    """Tie one more to this customer; the same again only notes that it was verified. 409 when it is someone else's."""
    there = _there(customer_id)
    try:
        with transaction.atomic():
            services.add_identifier(
                there, body.incoming(), source="api", country="CN", now=timezone.now(), shop_id=body.shop_id
            )
            audit.record(
                "customer.identifier_added",
                actor=actor(request),
                subject=("customer", there),
                detail={"kind": body.kind.value},
                request=request,
            )
    except services.AlreadyKnown as error:
        raise ApiProblem(409, "already-known", f"Customer {error.customer_id} has this identifier.") from None
    except services.BadField as error:
        field = error.field if error.field in ("shop_id", "within") else "value"
        raise ApiProblem(
            422, "not-valid", "A value is not acceptable.", [FieldProblem(where=f"body.{field}", message=str(error))]
        ) from None
    return queries.identifiers(there)


@router.delete(
    "/{customer_id}/identifiers/{identifier_id}", response={204: None, **PROBLEMS}, auth=Scope("customers.edit")
)
def remove_identifier(request: HttpRequest, customer_id: Id, identifier_id: Id) -> Status[None]:
    """Records with it no longer find this customer."""
    there = _there(customer_id)
    if identifier_id not in {one.id for one in queries.identifiers(there)}:
        raise ApiProblem(404, "not-found", "This customer has no such identifier.")
    services.remove_identifier(there, identifier_id)
    return Status(204, None)
