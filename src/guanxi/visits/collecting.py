"""The collector: it gives a shop's pages their script, takes what that sends, and says when it has it.

It stands before Django (`Collector`, in config/wsgi.py), because sessions, languages and sign-in, which every page of
ours needs, would cost an event more than all the rest; the same answers are given behind Django's address of it
(web/collector.py), where `runserver` and tests find it.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import close_old_connections
from django.utils import timezone
from pydantic import ValidationError

from guanxi.visits import cleaning, incoming, script, sites
from guanxi.visits.limits import MINUTE
from guanxi.visits.types import SiteCard, Visit
from guanxi.visits.writing import WRITER

log = logging.getLogger("guanxi.visits")

PREFIX = "/v/"
LARGEST = 64 * 1024
"""Bytes of one batch: what browsers let a page send as it closes."""
REASONS = {
    200: "OK",
    204: "No Content",
    304: "Not Modified",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    429: "Too Many Requests",
    503: "Service Unavailable",
}


class Record(Protocol):
    def __call__(self, visits: Sequence[Visit], *, site: SiteCard, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, of whichever server."""

    method: str
    key: str
    origin: str
    user_agent: str
    opted_out: bool
    """Do Not Track, or Global Privacy Control (https://w3c.github.io/gpc/)."""
    length: str
    read: Callable[[], bytes]
    etag: str = ""
    """Of the script that the browser has."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def answer(asked: Asked, *, record: Record, now: datetime) -> Answer:
    """204 says that the batch is committed and on disk; nothing else does.

    Bots, and those who asked not to be followed, get the same 204, and nothing is kept of them.
    """
    if asked.key == script.NAME:
        return _script(asked)
    site = sites.by_key(asked.key)
    if site is None:
        return Answer(404)
    if asked.origin not in site.origins:
        sites.note_refusal(site, asked.origin, now=now)
        return Answer(403)
    shared = (("Access-Control-Allow-Origin", asked.origin), ("Vary", "Origin"))
    if asked.method == "OPTIONS":
        allowed = (("Access-Control-Allow-Methods", "POST"), ("Access-Control-Allow-Headers", "Content-Type"))
        return Answer(204, (*shared, *allowed, ("Access-Control-Max-Age", "86400")))
    if asked.method != "POST":
        return Answer(405, (*shared, ("Allow", "POST, OPTIONS")))
    status = _take(asked, site, record=record, now=now)
    return Answer(status, (*shared, ("Retry-After", "60")) if status in (429, 503) else shared)


def _script(asked: Asked) -> Answer:
    served, etag = script.served()
    headers = (
        ("ETag", etag),
        ("Cache-Control", "public, max-age=3600"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
    )
    if asked.etag == etag:
        return Answer(304, headers)
    return Answer(200, (("Content-Type", "text/javascript; charset=utf-8"), *headers), served)


def _take(asked: Asked, site: SiteCard, *, record: Record, now: datetime) -> int:
    if not asked.length.isdigit():
        return 400
    if int(asked.length) > LARGEST:
        return 413
    if asked.opted_out or cleaning.is_bot(asked.user_agent):
        return 204
    try:
        batch = incoming.PAGE_BATCH.validate_json(asked.read())
    except ValidationError:
        return 400
    visits = incoming.from_page(batch, site=site, user_agent=asked.user_agent, now=now)
    visitor, most = visits[0].visitor, site.events_per_minute
    if not MINUTE.admit(site_id=site.id, most=most, visitor=visitor, events=len(visits), seconds=time.time()):
        return 429
    try:
        record(visits, site=site, now=now)
    except Exception as error:  # whatever it is, the page must keep its events and come again
        log.error("visits could not be written: %s", type(error).__name__)  # its text may hold what was sent
        return 503
    return 204


class Collector:
    """A WSGI application before another: answers what is for the collector, and hands on everything else."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return self.application(environ, start_response)
        close_old_connections()  # as Django does before each request of its own; costs no query
        length = environ.get("CONTENT_LENGTH") or ""
        given = answer(
            Asked(
                method=environ["REQUEST_METHOD"],
                key=path[len(PREFIX) :],
                origin=environ.get("HTTP_ORIGIN", ""),
                user_agent=environ.get("HTTP_USER_AGENT", ""),
                opted_out=environ.get("HTTP_DNT") == "1" or environ.get("HTTP_SEC_GPC") == "1",
                length=length,
                read=lambda: environ["wsgi.input"].read(int(length)),
                etag=environ.get("HTTP_IF_NONE_MATCH", ""),
            ),
            record=WRITER.record,
            now=timezone.now(),
        )
        start_response(
            f"{given.status} {REASONS[given.status]}", [*given.headers, ("Content-Length", str(len(given.body)))]
        )
        return [given.body]
