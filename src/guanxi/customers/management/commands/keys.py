import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guanxi.customers import rekeying


class Command(BaseCommand):
    help = "The keys that personal data is encrypted with: list them, or make a new one and re-encrypt all with it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["list", "rotate"])
        parser.add_argument(
            "--resume",
            action="store_true",
            help="no new key: go on re-encrypting with the newest (after a rotation was cut off)",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = rekeying.rotate(new_key=not options["resume"]) if options["what"] == "rotate" else rekeying.count()
        except rekeying.KeysElsewhere as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps([{"key": k.number, "in_use": k.current, "values": k.values} for k in keys]))
            return
        for key in keys:
            state = "in use" if key.current else "old" if key.values else "old, no longer needed"
            self.stdout.write(f"key {key.number}: {key.values} values, {state}")
        if any(not key.current and not key.values for key in keys):
            self.stdout.write(
                "Keys that are no longer needed may be removed from the keyring, once no backup that holds values"
                " of theirs has to be restored."
            )
