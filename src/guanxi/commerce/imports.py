"""A file of orders into a shop: recognised, read, prepared ahead, recorded batch by batch, counted once.

Each batch is one transaction, with a row that says what it did. An import that was cut off is run again from the start
of its file: batches that are counted are skipped, the rest go in, and the totals are those of the whole.
"""

import time
from collections.abc import Generator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from guanxi.commerce import services
from guanxi.commerce.connectors import CONNECTORS, recognise
from guanxi.commerce.connectors.base import ShopContext
from guanxi.commerce.models import ImportedBatch, OrderImport, Shop
from guanxi.commerce.portions import Portion, Reading, portions
from guanxi.core import bulk
from guanxi.core.ahead import ahead
from guanxi.core.models import User
from guanxi.core.table_files.base import UnreadableFile
from guanxi.core.table_files.rejected import RejectedFile
from guanxi.core.table_files.tables import kind_of

LARGE = 2_000_000
"""Bytes from which reading on another core saves more than the half second its process needs to start."""


class ImportFailed(ValueError):
    """The file cannot be imported; the message says what to do about it."""


class Watcher(Protocol):
    """Who is told how far it is, and may stop it by raising; `core.jobs.Run` is one."""

    def progress(self, done: int, *, total: int | None = None, message: str = "") -> None: ...


def recognised(path: Path) -> str:
    """The connector that reads this file. Raises ImportFailed."""
    try:
        kind_of(path)
        found = recognise(path)
    except UnreadableFile as error:
        raise ImportFailed(str(error)) from None
    if not found:
        raise ImportFailed(_("No connector reads this file. Is it an export of orders, as CSV, XLSX or JSON?"))
    return found[0][0]


def import_orders(
    path: Path,
    *,
    shop: Shop,
    now: datetime,
    connector: str | None = None,
    mapping: dict[str, Any] | None = None,
    user: User | None = None,
    run: Watcher | None = None,
) -> dict[str, Any]:
    """Import a file that stays where it is. Returns the result as the command prints it. Raises ImportFailed."""
    row = OrderImport.objects.create(
        shop=shop,
        connector=connector or recognised(path),
        file_name=path.name[:200],
        stored_path="",
        mapping=mapping or {},
        created_by=user,
    )
    return run_import(row, path, run=run, now=now)


def stored_file(row: OrderImport) -> Path:
    return Path(settings.MEDIA_ROOT) / row.stored_path


def run_import(row: OrderImport, path: Path, *, now: datetime, run: Watcher | None = None) -> dict[str, Any]:
    """Carry an import through, from wherever it had come. Raises ImportFailed, and what ``run`` raises to stop it."""
    if row.finished_at:
        return result(row)
    began = time.monotonic()
    try:
        header = CONNECTORS.get(row.connector).header(path)
        with RejectedFile(rejected_file(row), header) as rejected:
            row.rows = _record_all(row, path, rejected, run=run, now=now)
            refused = (
                ImportedBatch.objects.filter(order_import=row).order_by("number").values_list("rejections", flat=True)
            )
            rejected.add_by_number([(rows, reason) for batch in refused for rows, reason in batch if rows], path)
            for reason in [reason for batch in refused for rows, reason in batch if not rows]:
                rejected.add(None, (), reason)
    except UnreadableFile as error:
        raise ImportFailed(str(error)) from None
    row.rejected = rejected.rows
    row.seconds = round(time.monotonic() - began, 2)
    row.finished_at = now
    _add_up(row)
    if row.stored_path:
        path.unlink(missing_ok=True)
    return result(row)


def _record_all(row: OrderImport, path: Path, rejected: RejectedFile, *, run: Watcher | None, now: datetime) -> int:
    """Record every batch that is not yet. Returns the rows read."""
    shop = row.shop
    done = set(ImportedBatch.objects.filter(order_import=row).values_list("number", flat=True))
    context = ShopContext(shop.currency, ZoneInfo(shop.time_zone), shop.country, row.mapping or shop.mapping)
    reading = Reading(path, row.connector, context, shop.pk)
    large = path.stat().st_size > LARGE
    expected, rows, began = _expected_rows(path), 0, time.monotonic()
    with closing(ahead(portions, reading, on_another_core=large)) as read:
        for portion in read:
            if portion.number not in done:
                _record(row, portion, now)
            for bad in portion.rejected:
                rejected.add(bad.row, bad.cells, bad.reason)
            rows += portion.rows
            if run:
                message = _("%(rate)s rows per second") % {"rate": round(rows / (time.monotonic() - began + 0.001))}
                run.progress(rows, total=max(expected, rows) if expected else None, message=message)
    return rows


def _record(row: OrderImport, portion: Portion, now: datetime) -> None:
    with transaction.atomic():
        bulk.commit_soon()  # `_add_up` waits for the disk
        done = services.record_prepared(
            portion.ready, shop_id=row.shop_id, source=row.connector, now=now, import_id=row.pk
        )
        ImportedBatch.objects.create(
            order_import=row,
            number=portion.number,
            orders_created=done.orders_created,
            orders_updated=done.orders_updated,
            orders_unchanged=done.orders_unchanged,
            customers_created=done.customers_created,
            customer_ids=sorted(done.customer_ids),
            rejections=[
                [one.source_rows, one.reason if one.source_rows else order_reason(one.external_id, one.reason)]
                for one in done.rejected
            ],
        )


def _add_up(row: OrderImport) -> None:
    """The totals of all batches; the batches themselves are then no longer needed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(orders_created), 0), coalesce(sum(orders_updated), 0),"
            " coalesce(sum(orders_unchanged), 0), coalesce(sum(customers_created), 0),"
            " (SELECT count(DISTINCT c) FROM commerce_importedbatch, unnest(customer_ids) c WHERE order_import_id = %s)"
            " FROM commerce_importedbatch WHERE order_import_id = %s",
            [row.pk, row.pk],
        )
        row.orders_created, row.orders_updated, row.orders_unchanged, row.customers_created, people = cursor.fetchone()
        row.customers_matched = people - row.customers_created
        row.save()
        ImportedBatch.objects.filter(order_import=row).delete()


def result(row: OrderImport) -> dict[str, Any]:
    """What an import did, as the command prints it and the page shows it."""
    return {
        "rows": row.rows,
        "orders_created": row.orders_created,
        "orders_updated": row.orders_updated,
        "orders_unchanged": row.orders_unchanged,
        "customers_created": row.customers_created,
        "customers_matched": row.customers_matched,
        "rejected": row.rejected,
        "rejected_file": str(rejected_file(row)) if row.rejected else None,
        "seconds": row.seconds,
    }


def rejected_file(row: OrderImport) -> Path:
    return Path(settings.GUANXI_HOME) / "imports" / str(row.pk) / "rejected.csv"


def order_reason(external_id: str, reason: str) -> str:
    """For sources without rows, where only the order's number tells which it was."""
    return _("Order %(number)s: %(reason)s") % {"number": external_id, "reason": reason}


def _expected_rows(path: Path) -> int:
    """About how many rows a text file has, for the bar of progress; 0 for workbooks and JSON."""
    if path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        return 0
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in _blocks(file))


def _blocks(file: Any) -> Generator[bytes, None, None]:
    while block := file.read(1 << 22):
        yield block
