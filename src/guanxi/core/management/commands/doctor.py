import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from guanxi.core.doctor import examine


class Command(BaseCommand):
    help = "Check this set-up and say how to mend what is wrong. Ends with code 1 when something is."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(examine())
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
        else:
            for finding in findings:
                self.stdout.write(f"{'ok  ' if finding.ok else 'MEND'}  {finding.name}: {finding.found}")
                if not finding.ok:
                    self.stdout.write(f"      → {finding.mend}")
        if not all(finding.ok for finding in findings):
            sys.exit(1)
