"""The endpoint with which a shop's server records visits."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema, Status
from ninja.decorators import decorate_view

from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.problems import PROBLEMS, ApiProblem
from guanxi.visits import services
from guanxi.visits.incoming import ServerEvent

router = Router(tags=["visits"])


class VisitsIn(Schema):
    site: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9]+$", description="key of the website")]
    events: list[ServerEvent] = Field(min_length=1, max_length=1000)


class VisitsRecorded(Schema):
    recorded: int


@router.post("", response={201: VisitsRecorded, **PROBLEMS}, auth=Scope("visits.record"))
@decorate_view(idempotent)
def record_visits(request: HttpRequest, body: VisitsIn) -> Status[dict[str, int]]:
    """Record what visitors of a website did, from its server. Answered when it is on disk; an event whose `id` came in
    before is passed over. An e-mail address or a telephone number says who the visitor is: what they did before joins
    that customer. `email_sha256` and `phone_sha256` find customers who are there, and make none."""
    try:
        recorded = services.record_from_server(body.site, body.events, now=timezone.now())
    except services.UnknownSite:
        raise ApiProblem(404, "not-found", "There is no website with this key, or it takes no events.") from None
    return Status(201, {"recorded": recorded})
