import json
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from guanxi.core.table_files.base import UnreadableFile
from guanxi.customers.models import Occasion
from guanxi.customers.parties.kinds import Role
from guanxi.customers.people.importing import ImportFailed, import_people, own_fields
from guanxi.customers.people.readers import READERS
from guanxi.customers.people.readers.table import load_mapping
from guanxi.customers.people.services import BadBatch, BatchPlan, open_batch
from guanxi.customers.types import Channel


class Command(BaseCommand):
    requires_system_checks = []  # those of pages and settings have nothing to do with it
    help = "Import a file of people (vCard, CSV, Excel) into a batch, made when there is none of that name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--name", required=True, help="name of the batch, such as “Spring fair 2026”")
        parser.add_argument("--occasion", choices=Occasion.values, default=Occasion.LIST.value)
        parser.add_argument("--date", type=date.fromisoformat, help="day of the occasion; else today")
        parser.add_argument("--role", choices=Role.values, default="", help="given to all of them")
        parser.add_argument("--tag", action="append", default=[], help="given to all of them; may be repeated")
        parser.add_argument("--country", default="CN", help="of phone numbers without a country code")
        parser.add_argument("--consent", action="append", default=[], choices=[one.value for one in Channel])
        parser.add_argument("--consent-how", default="", help="how all of them agreed; needed with --consent")
        parser.add_argument("--reader", choices=READERS.names(), help="how to read the file; else recognised")
        parser.add_argument("--mapping", type=Path, help="TOML file: section [columns] with field = column")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        now = timezone.now()
        plan = BatchPlan(
            name=options["name"],
            occasion=options["occasion"],
            occurred_on=options["date"] or timezone.localdate(),
            role=options["role"],
            tags=options["tag"],
            consent_channels=options["consent"],
            consent_how=options["consent_how"],
            country=options["country"],
        )
        try:
            if not path.is_file():
                raise ImportFailed(f"There is no file {path}.")
            mapping = load_mapping(options["mapping"], own_fields()) if options["mapping"] else None
            reader = options["reader"] or ("table" if mapping else None)
            batch = open_batch(plan, user=None, now=now)
            watcher = None if options["json"] or not sys.stderr.isatty() else _Bar(self)
            done = import_people(path, batch=batch, reader=reader, mapping=mapping, run=watcher, now=now)
        except (ImportFailed, UnreadableFile, BadBatch) as failure:
            raise CommandError(str(failure)) from None
        if options["json"]:
            self.stdout.write(json.dumps(done, ensure_ascii=False))
            return
        width = max(map(len, done))
        for name, value in done.items():
            self.stdout.write(f"{name.replace('_', ' '):<{width}}  {'none' if value is None else value}")


class _Bar:
    def __init__(self, command: BaseCommand) -> None:
        self.command = command

    def progress(self, done: int, *, total: int | None = None, message: str = "") -> None:
        self.command.stderr.write(f"\r{done} rows", ending="")
