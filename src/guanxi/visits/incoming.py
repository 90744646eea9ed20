"""What shop pages and shop servers send, and how it becomes clean `Visit`s."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from guanxi.visits import cleaning
from guanxi.visits.types import Contact, Kind, SiteCard, Visit

MOST_IN_BATCH = 50
OLDEST = timedelta(days=1)
"""A page holds events back for as long as the visitor is offline; what is older has a clock that is wrong."""

Words = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]
Identifier = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[\x21-\x7e]+$")]
Digest = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]


class Said(BaseModel):
    """What an event may say, from either side. Texts longer than is kept are cut, not refused."""

    model_config = ConfigDict(extra="ignore")

    kind: Literal["page", "product", "search", "cart", "order", "form"] = Field(description="what the visitor did")
    path: Words = Field("", description="path of the page; its query is dropped")
    referrer: Words = Field("", description="where the visitor came from; only its host is kept")
    utm_source: Words = ""
    utm_medium: Words = ""
    utm_campaign: Words = ""
    product: Words = Field("", description="the shop's own code of the product")
    title: Words = Field("", description="name of the product")
    category: Words = ""
    term: Words = Field("", description="what was searched; dropped when it looks like an address or a number")
    email: Words = ""
    phone: Words = ""
    name: Words = ""


class PageEvent(Said):
    """From the script on a page."""

    id: Identifier
    at: int = Field(ge=0, lt=2**53, description="milliseconds since 1970 by the visitor's clock")


class PageBatch(BaseModel):
    """What one page sends at a time."""

    model_config = ConfigDict(extra="ignore")

    visitor: Identifier
    sent: int = Field(ge=0, lt=2**53)
    events: Annotated[list[PageEvent], Field(min_length=1, max_length=MOST_IN_BATCH)]


PAGE_BATCH = TypeAdapter(PageBatch)


class ServerEvent(Said):
    """From a shop's server."""

    id: Identifier = Field(description="yours; the same again is taken once")
    visitor: Annotated[str, Field(max_length=64, pattern=r"^[\x21-\x7e]*$")] = Field(
        "", description="the value of the cookie `_gx` of the visitor; without one, the contact stands for them"
    )
    occurred_at: AwareDatetime
    user_agent: Words = ""
    email_sha256: Digest = Field("", description="instead of `email`: SHA-256 of it, trimmed and in lower case, in hex")
    phone_sha256: Digest = Field("", description="instead of `phone`: SHA-256 of it in E.164, in hex")


def from_page(batch: PageBatch, *, site: SiteCard, user_agent: str, now: datetime) -> list[Visit]:
    """Clean events of a page. Its clock counts only for how long ago they were when it sent them."""
    visitor = cleaning.visitor(site.id, batch.visitor)
    device, browser = cleaning.browser(user_agent)
    visits = []
    for event in batch.events:
        ago = min(timedelta(milliseconds=max(0, batch.sent - event.at)), OLDEST)
        visit = _visit(event, event.id, visitor, now - ago)
        visit.device, visit.browser = device, browser
        if site.takes_forms and event.kind == Kind.FORM and (event.email or event.phone):
            visit.contact = Contact(event.email[:200], event.phone[:40], event.name[:200])
        visits.append(visit)
    return visits


def from_server(events: Sequence[ServerEvent], *, site: SiteCard, now: datetime) -> list[Visit]:
    """Clean events of a shop's server, which may lie far back, but not in the future."""
    visits = []
    for event in events:
        hashes = tuple(digest for digest in (event.email_sha256, event.phone_sha256) if digest)
        contact = Contact(event.email[:200], event.phone[:40], event.name[:200], hashes)
        stands = event.visitor or next((f"contact:{one}" for one in (event.email, event.phone, *hashes) if one), "")
        visitor = cleaning.visitor(site.id, stands or f"event:{event.id}")
        visit = _visit(event, event.id, visitor, min(event.occurred_at.astimezone(UTC), now))
        visit.contact = contact
        if event.user_agent:
            visit.device, visit.browser = cleaning.browser(event.user_agent)
        visits.append(visit)
    return visits


def _visit(event: Said, number: str, visitor: object, occurred_at: datetime) -> Visit:
    source, medium = cleaning.origin(event.referrer, event.utm_source, event.utm_medium)
    return Visit(
        event_id=cleaning.event_number(number),
        visitor=visitor,  # type: ignore[arg-type]
        kind=Kind(event.kind),
        occurred_at=occurred_at,
        path=cleaning.path(event.path),
        product=cleaning.words(event.product, 100),
        title=cleaning.words(event.title, 200),
        category=cleaning.words(event.category, 80),
        term=cleaning.words(event.term.lower(), 100),
        source=source,
        medium=medium,
        campaign=cleaning.words(event.utm_campaign, 80),
    )
