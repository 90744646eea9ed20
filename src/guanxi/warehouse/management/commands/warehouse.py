import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from guanxi.warehouse import queries, services, sql, store

if TYPE_CHECKING:
    import pyarrow

SHOWN = 200
"""Rows that a table on the terminal shows; --json gives all."""


class Command(BaseCommand):
    help = "Bring the warehouse up to date, look at it, or ask it a question in SQL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        refresh = actions.add_parser("refresh", help="copy what changed in PostgreSQL since the last time")
        refresh.add_argument("--full", action="store_true", help="copy everything anew")
        status = actions.add_parser("status", help="show its tables, and how old they are")
        query = actions.add_parser("query", help="answer a SELECT over tables such as orders and customer_facts")
        query.add_argument("sql")
        for action in (refresh, status, query):
            action.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["action"])(options)
        except (services.DiskFull, queries.NoSnapshot, sql.BadQuery) as error:
            raise CommandError(str(error)) from error

    def refresh(self, options: dict[str, Any]) -> None:
        result = services.refresh(full=options["full"], now=timezone.now(), progress=self._progress(options))
        if options["json"]:
            self._json({**asdict(result), "rows_read": result.rows_read})
            return
        for table in result.tables:
            how = "full" if table.full else "changes"
            self.stdout.write(f"{table.name:<20} {table.rows_read:>10,} read ({how})")
        self.stdout.write(f"version {result.version}, {result.rows_read:,} rows read in {result.seconds:.2f} s")

    def status(self, options: dict[str, Any]) -> None:
        manifest = store.load(store.folder())
        place = store.folder()
        rows = queries.row_counts()
        tables = {
            name: {"rows": rows[name], "bytes": sum((place / path).stat().st_size for path in files.paths())}
            for name, files in manifest.tables.items()
        }
        stale = services.stale()
        if options["json"]:
            self._json(
                {
                    "version": manifest.version,
                    "refreshed_at": manifest.refreshed_at,
                    "up_to_date": not stale,
                    "tables": tables,
                }
            )
            return
        for name, table in tables.items():
            self.stdout.write(f"{name:<20} {table['rows']:>12,} rows {table['bytes'] / 1e6:>10,.1f} MB")
        state = "PostgreSQL has newer changes" if stale else "up to date"
        self.stdout.write(f"version {manifest.version} of {manifest.refreshed_at:%Y-%m-%d %H:%M:%S} UTC, {state}")

    def query(self, options: dict[str, Any]) -> None:
        answer = sql.query(options["sql"])
        if options["json"]:
            self._json(answer.to_pylist())
            return
        self._table(answer)

    def _table(self, answer: "pyarrow.Table") -> None:
        rows = [answer.column_names, *(list(map(str, row.values())) for row in answer.slice(0, SHOWN).to_pylist())]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write(line.rstrip())
        if answer.num_rows > SHOWN:
            self.stdout.write(f"({answer.num_rows - SHOWN:,} more rows; --json gives all)")

    def _json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, default=str, ensure_ascii=False))

    def _progress(self, options: dict[str, Any]) -> Any:
        def show(done: int, total: int, table: str) -> None:
            if sys.stderr.isatty() and not options["json"]:
                self.stderr.write(f"\r{done}/{total} {table:<24}", ending="" if done < total else "\n")

        return show
