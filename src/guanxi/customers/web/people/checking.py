"""The second step: how the file will be read, corrected where the guess was wrong, and started."""

from dataclasses import dataclass, field
from itertools import islice

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.core import audit, jobs
from guanxi.core.permissions import actor, requires
from guanxi.core.table_files.base import RejectedRow, UnreadableFile
from guanxi.core.table_files.tables import open_table
from guanxi.customers import masking
from guanxi.customers.models import PeopleFile
from guanxi.customers.people import importing
from guanxi.customers.people.preparing import Ready
from guanxi.customers.people.readers import READERS
from guanxi.customers.people.readers.table import check_mapping, guess_columns
from guanxi.customers.people.readers.words import targets
from guanxi.customers.web.people import files

SHOWN = 20
READ = 2000
"""Rows of a file that are read for its preview."""
TABLE = "table"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One person as the file says, masked."""

    name: str
    company: str
    title: str
    phone: str
    email: str
    place: str
    recognisable: bool


@dataclass(slots=True)
class Preview:
    rows: list[PreviewRow] = field(default_factory=list)
    rejected: list[tuple[int, str]] = field(default_factory=list)
    read: int = 0
    refused: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One field and the column that is taken for it."""

    name: str
    label: Promise | str
    chosen: str


def preview(row: PeopleFile) -> Preview:
    """The start of the file. Raises UnreadableFile."""
    found, stream = Preview(), importing.prepared(row, importing.stored_file(row))
    for one in islice(stream, READ):
        if isinstance(one, RejectedRow):
            found.refused += 1
            if len(found.rejected) < SHOWN:
                found.rejected.append((one.row, one.reason))
            continue
        found.read += 1
        if len(found.rows) < SHOWN:
            found.rows.append(_shown(one))
    found.whole = next(stream, None) is None
    return found


def _shown(one: Ready) -> PreviewRow:
    person = one.person
    return PreviewRow(
        name=masking.name(person.name),
        company=one.company.name if one.company else "",
        title=one.title,
        phone=masking.phone(person.phone),
        email=masking.email(person.email),
        place=" ".join(filter(None, (person.region, person.city))),
        recognisable=bool(person.keys),
    )


@requires("customers.import")
def check(request: HttpRequest, file_id: int) -> HttpResponse:
    """The file's start as it will be read. Posting ``reader`` reads it another way."""
    row = _row(file_id)
    if not files.waiting(row):
        return redirect("people:file", file_id)
    if request.POST.get("reader", "") in READERS.names():
        row.reader, row.mapping = request.POST["reader"], {}
        row.save(update_fields=["reader", "mapping"])
        return redirect("people:check", row.pk)
    return _page(request, row)


def _row(file_id: int) -> PeopleFile:
    return get_object_or_404(PeopleFile.objects.select_related("batch"), pk=file_id)


def _page(request: HttpRequest, row: PeopleFile, problem: str = "") -> HttpResponse:
    path = importing.stored_file(row)
    found: Preview | None = None
    own = importing.own_fields()
    header: list[str] = []
    try:
        if row.reader == TABLE:
            header = list(dict.fromkeys(name for name in open_table(path, sample=True).header if name))
        if not problem:
            found = preview(row)
    except UnreadableFile as error:
        problem = str(error)
    columns = dict(row.mapping) or guess_columns(header, own)
    context = {
        "row": row,
        "size": path.stat().st_size,
        "readers": list(READERS),
        "preview": found,
        "problem": problem,
        "header": header,
        "choices": [Choice(name, label, columns.get(name, "")) for name, label in targets(own).items()]
        if header
        else [],
    }
    return render(request, "customers/people/check.html", context)


@requires("customers.import")
@require_POST
def save_mapping(request: HttpRequest, file_id: int) -> HttpResponse:
    """Take the columns as the form says."""
    row = _row(file_id)
    if not files.waiting(row) or row.reader != TABLE:
        return redirect("people:file", file_id)
    own = importing.own_fields()
    said = {name: request.POST.get(f"column-{name}", "")[:200] for name in targets(own)}
    row.mapping = {name: column for name, column in said.items() if column}
    try:
        check_mapping(row.mapping, own)
        open_table(importing.stored_file(row), sample=True).require(row.mapping.values())
    except UnreadableFile as error:
        return _page(request, row, str(error))
    row.save(update_fields=["mapping"])
    messages.success(request, _("Saved. This is how the file will be read."))
    return redirect("people:check", row.pk)


@requires("customers.import")
@require_POST
def start(request: HttpRequest, file_id: int) -> HttpResponse:
    """Queue the import. Pressed twice, it is queued once."""
    if not files.waiting(_row(file_id)):
        return redirect("people:file", file_id)
    user = actor(request)
    with transaction.atomic():
        row = PeopleFile.objects.select_for_update(of=("self",)).get(pk=file_id)
        if row.job_id is None:
            lock = f"people.{row.batch_id}"
            job = jobs.start("people.import", title=row.file_name, user=user, lock=lock, file_id=row.pk)
            row.job_id = job.pk
            row.save(update_fields=["job_id"])
            audit.record("people.import_started", actor=user, subject=("people_file", row.pk), request=request)
    return redirect("people:file", file_id)
