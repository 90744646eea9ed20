import json
import mailbox
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.reactions import take_inbound


class Command(BaseCommand):
    help = (
        "Read delivery reports and complaints: an mbox file, a Maildir, a folder of .eml files, one .eml, or stdin (-)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="file or folder, or - for one message on standard input")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = {"read": 0, "acted": 0, "not_ours": 0}
        now = timezone.now()
        for raw in messages(options["source"]):
            counts["read"] += 1
            found = CHANNELS.get("email").read_inbound(raw)
            acted = sum(take_inbound(inbound, now=now) for inbound in found)
            counts["acted" if acted else "not_ours"] += 1
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write(
                _("Read %(read)s, acted on %(acted)s, %(not_ours)s were about no message of ours.") % counts
            )


def messages(source: str) -> Iterator[bytes]:
    """The raw messages of whatever this is. Raises CommandError."""
    path = Path(source)
    if source == "-":
        yield sys.stdin.buffer.read()
    elif (path / "new").is_dir() or (path / "cur").is_dir():
        yield from (message.as_bytes() for message in mailbox.Maildir(path, create=False))
    elif path.is_dir():
        yield from (file.read_bytes() for file in sorted(path.glob("*.eml")))
    elif not path.is_file():
        raise CommandError(_("There is no file or folder %(source)s.") % {"source": source})
    elif path.open("rb").read(5) == b"From ":
        yield from (message.as_bytes() for message in mailbox.mbox(path, create=False))
    else:
        yield path.read_bytes()
