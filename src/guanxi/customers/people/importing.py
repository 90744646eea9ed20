"""A file of people into a batch: recognised, read, recorded portion by portion, counted once.

Each portion is one transaction that also writes how many are done. An import that was cut off is run again from the
start of its file: portions that are recorded are passed over, and the totals are those of the whole.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.core import preferences
from guanxi.core.models import User
from guanxi.core.table_files.base import RejectedRow, UnreadableFile
from guanxi.core.table_files.rejected import RejectedFile
from guanxi.core.table_files.tables import kind_of, open_table
from guanxi.customers.fields import queries as field_queries
from guanxi.customers.fields.types import Definition
from guanxi.customers.models import PeopleBatch, PeopleFile
from guanxi.customers.people import recording
from guanxi.customers.people.preparing import Ready, Refused, prepare
from guanxi.customers.people.readers import READERS, recognise
from guanxi.customers.people.types import IncomingPerson, Reading, Watcher

PORTION = 1000
"""Rows in one transaction: about half a second."""
Prepared = Ready | RejectedRow


class ImportFailed(ValueError):
    """The file cannot be imported; the message says what to do about it."""


def recognised(path: Path) -> str:
    """The reader for this file. Raises ImportFailed with the plainest reason there is."""
    try:
        if found := recognise(path):
            return found
        if kind_of(path) != "json":
            open_table(path, sample=True)
    except UnreadableFile as error:
        raise ImportFailed(str(error)) from None
    raise ImportFailed(_("Nothing here reads this file. Is it a vCard, CSV or Excel file with people in it?"))


def import_people(
    path: Path,
    *,
    batch: PeopleBatch,
    now: datetime,
    reader: str | None = None,
    mapping: dict[str, str] | None = None,
    user: User | None = None,
    run: Watcher | None = None,
) -> dict[str, Any]:
    """Import a file that stays where it is. Returns the result as the command prints it. Raises ImportFailed."""
    row = PeopleFile.objects.create(
        batch=batch,
        reader=reader or recognised(path),
        file_name=path.name[:200],
        mapping=mapping or {},
        created_by=user,
        created_at=now,
    )
    return run_import(row, path, run=run, now=now)


def stored_file(row: PeopleFile) -> Path:
    return Path(settings.MEDIA_ROOT) / row.stored_path


def rejected_file(row: PeopleFile) -> Path:
    return Path(settings.GUANXI_HOME) / "imports" / "people" / str(row.pk) / "rejected.csv"


def run_import(row: PeopleFile, path: Path, *, now: datetime, run: Watcher | None = None) -> dict[str, Any]:
    """Carry an import through, from wherever it had come. Raises ImportFailed, and what ``run`` raises to stop it."""
    if row.finished_at:
        return result(row)
    began = time.monotonic()
    try:
        header = READERS.get(row.reader).header(path)
        with RejectedFile(rejected_file(row), header) as rejected:
            _record_all(row, path, rejected, run=run, now=now)
    except UnreadableFile as error:
        raise ImportFailed(str(error)) from None
    row.refresh_from_db()
    row.rejected = rejected.rows
    row.customers_matched = _matched(row)
    row.seconds = round(time.monotonic() - began, 2)
    row.finished_at = now
    row.save()
    if row.stored_path:
        path.unlink(missing_ok=True)
    return result(row)


def prepared(row: PeopleFile, path: Path) -> Iterator[Prepared]:
    """What a file says, row by row. Raises UnreadableFile."""
    batch = row.batch
    reading = Reading(country=batch.country, mapping=row.mapping, own=own_fields())
    seen_at = datetime.combine(batch.occurred_on, datetime.min.time(), tzinfo=preferences.time_zone())
    for one in READERS.get(row.reader).read(path, reading):
        yield one if isinstance(one, RejectedRow) else _prepared(one, country=batch.country, seen_at=seen_at)


def own_fields() -> dict[str, Definition]:
    """The merchant's own fields, by their keys."""
    return {one.key: one for one in field_queries.definitions()}


def _prepared(one: IncomingPerson, *, country: str, seen_at: datetime) -> Prepared:
    try:
        return prepare(one, country=country, seen_at=seen_at)
    except Refused as error:
        return RejectedRow(row=one.row, cells=one.cells, reason=str(error))


def _record_all(row: PeopleFile, path: Path, rejected: RejectedFile, *, run: Watcher | None, now: datetime) -> None:
    stream = prepared(row, path)
    number = rows = 0
    while portion := list(islice(stream, PORTION)):
        ready = [one for one in portion if not isinstance(one, RejectedRow)]
        if number >= row.portions:
            _record(row, ready, number=number, rows=len(portion), now=now)
        for bad in (one for one in portion if isinstance(one, RejectedRow)):
            rejected.add(bad.row, bad.cells, bad.reason)
        number += 1
        rows += len(portion)
        if run:
            run.progress(rows)


def _record(row: PeopleFile, ready: list[Ready], *, number: int, rows: int, now: datetime) -> None:
    with transaction.atomic():
        locked = PeopleFile.objects.select_for_update().get(pk=row.pk)
        if number < locked.portions:
            return
        done = recording.record(row.batch, ready, file_id=row.pk, now=now)
        PeopleFile.objects.filter(pk=row.pk).update(
            portions=number + 1,
            rows=F("rows") + rows,
            customers_created=F("customers_created") + done.customers_created,
            companies_created=F("companies_created") + done.companies_created,
            unchanged=F("unchanged") + done.unchanged,
        )


def _matched(row: PeopleFile) -> int:
    """Distinct people of the file who were known before it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT m.customer_id FROM customers_peoplemember m"
            " JOIN customers_customer c ON c.id = m.customer_id AND c.party = 'person'"
            " WHERE m.batch_id = %s AND m.file_id = %s GROUP BY 1 HAVING NOT bool_or(m.created)) known",
            [row.batch_id, row.pk],
        )
        return int(cursor.fetchone()[0])


def result(row: PeopleFile) -> dict[str, Any]:
    """What an import did, as the command prints it and the page shows it."""
    return {
        "batch": row.batch_id,
        "rows": row.rows,
        "customers_created": row.customers_created,
        "customers_matched": row.customers_matched,
        "companies_created": row.companies_created,
        "unchanged": row.unchanged,
        "rejected": row.rejected,
        "rejected_file": str(rejected_file(row)) if row.rejected else None,
        "seconds": row.seconds,
    }
