import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from guanxi.commerce import services
from guanxi.commerce.connectors import CONNECTORS
from guanxi.commerce.connectors.table_mapping import load_mapping
from guanxi.commerce.imports import ImportFailed, import_orders, recognised
from guanxi.commerce.models import Shop
from guanxi.core.table_files.base import UnreadableFile


class Command(BaseCommand):
    requires_system_checks = []  # those of pages and settings have nothing to do with it
    help = "Import a file of orders into a shop; the shop is made when there is none of that name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = "For cards and lists of people: guanxi import people --help"
        parser.add_argument("what", choices=["orders"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--shop", required=True, help="name of the shop the orders are of")
        parser.add_argument("--connector", choices=CONNECTORS.names(), help="how to read the file; else recognised")
        parser.add_argument("--mapping", type=Path, help="TOML file that maps the columns, for the connector `table`")
        parser.add_argument("--currency", help="of a new shop, and of files that name none")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            if not path.is_file():
                raise ImportFailed(f"There is no file {path}.")
            mapping = load_mapping(options["mapping"]) if options["mapping"] else None
            connector = options["connector"] or ("table" if mapping else recognised(path))
            shop = _shop(options["shop"], connector, mapping, options["currency"])
            watcher = None if options["json"] or not sys.stderr.isatty() else _Bar(self)
            done = import_orders(path, shop=shop, connector=connector, mapping=mapping, run=watcher, now=timezone.now())
        except (ImportFailed, UnreadableFile) as failure:
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
        self.command.stderr.write(f"\r{done}{f' of {total}' if total else ''} rows, {message}", ending="")
        if done == total:
            self.command.stderr.write("")


def _shop(name: str, connector: str, mapping: dict[str, Any] | None, currency: str | None) -> Shop:
    if currency and not (len(currency) == 3 and currency.isalpha()):
        raise ImportFailed(f"{currency} is not a currency code of three letters, such as CNY.")
    more = {"time_zone": mapping["time_zone"]} if mapping and mapping.get("time_zone") else {}
    return services.ensure_shop(
        name,
        connector=connector,
        currency=(currency or (mapping or {}).get("currency") or settings.DEFAULT_CURRENCY).upper(),
        mapping=mapping,
        **more,
    )
