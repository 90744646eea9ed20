from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from guanxi.core.worker import run_worker


class Command(BaseCommand):
    help = "Run jobs, event readers and what is periodic, until interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="jobs at once (default 2)")
        parser.add_argument("--once", action="store_true", help="stop when nothing is left to do")

    def handle(self, *args: Any, **options: Any) -> None:
        run_worker(concurrency=options["concurrency"], once=options["once"])
