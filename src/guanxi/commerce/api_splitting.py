"""The endpoint that splits a customer, with the orders that are the other person's."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Router, Schema, Status
from ninja.decorators import decorate_view

from guanxi.commerce import services
from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.problems import PROBLEMS, ApiProblem
from guanxi.core.permissions import actor
from guanxi.customers import queries as customers
from guanxi.customers.services import CannotSplit

router = Router(tags=["merges"])

Number = Annotated[int, Field(gt=0, lt=2**63)]


class SplitIn(Schema):
    """What is the other person's."""

    identifiers: list[Number] = Field(min_length=1, max_length=100)
    orders: list[Number] = Field([], max_length=1000)
    name: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = Field("", description="of the other person")


class SplitOut(Schema):
    id: int = Field(description="the other person's")


@router.post("/{customer_id}/split", response={201: SplitOut, **PROBLEMS}, auth=Scope("customers.merge"))
@decorate_view(idempotent)
def split(
    request: HttpRequest, customer_id: Annotated[int, Path(gt=0, lt=2**63)], body: SplitIn
) -> Status[dict[str, int]]:
    """Make two customers of one that is two people. Merging them takes it back."""
    there = customers.present([customer_id])
    if customer_id not in there:
        raise ApiProblem(404, "not-found", "There is no such customer.")
    try:
        new = services.split_customer(
            there[customer_id],
            identifier_ids=body.identifiers,
            order_ids=body.orders,
            name=body.name,
            user=actor(request),
            now=timezone.now(),
            request=request,
        )
    except CannotSplit as error:
        raise ApiProblem(409, "cannot-split", str(error)) from None
    return Status(201, {"id": new})
