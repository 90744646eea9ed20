import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils import timezone

from guanxi.core.models import User
from guanxi.warehouse import services as warehouse
from guanxi.workspace.demo.build import Built, NotEmpty, build, check_empty, make_sign_in
from guanxi.workspace.demo.loyalty import reward
from guanxi.workspace.demo.plans import plan
from guanxi.workspace.demo.visits import visit


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


@contextmanager
def _disk_at_leisure() -> Iterator[None]:
    """No commit of this process waits for the disk: there is nothing here that could not be made again."""

    def begin(connection: BaseDatabaseWrapper, **_about: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")

    begin(connection)
    connection_created.connect(begin)  # those that threads make
    try:
        yield
    finally:
        connection_created.disconnect(begin)
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


class Command(BaseCommand):
    help = "Fill an empty installation with the demo merchant: shops, customers, orders, loyalty, visits, a campaign."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=_positive, default=20_000)
        parser.add_argument("--months", type=_positive, default=24)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--bare", action="store_true", help="orders only: no loyalty, visits, segments and campaign"
        )
        parser.add_argument(
            "--language",
            choices=list(dict(settings.LANGUAGES)),
            default=settings.LANGUAGE_CODE,
            help="of the names of tiers, points, coupons, segments, templates and the campaign",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        started, now = time.monotonic(), timezone.now()
        self._quiet = options["json"]
        self._say(f"Making the demo merchant with {options['customers']:,} customers …")
        with _disk_at_leisure():
            built = self._make(options, now=now)
        if not User.objects.exists():
            make_sign_in()
        seconds = round(time.monotonic() - started, 1)
        answer = {"customers": built.customers, "orders": built.orders, "shops": built.shops, "seconds": seconds}
        self._say(f"Made {built.orders:,} orders since {built.first_day} in {seconds} s.")
        if options["json"]:
            self.stdout.write(json.dumps(answer))

    def _make(self, options: dict[str, Any], *, now: datetime) -> Built:
        try:
            check_empty()
        except NotEmpty as error:
            raise CommandError(str(error)) from None
        if not options["bare"]:
            visit(now=now, seed=options["seed"])  # first, so that the newest in the list of customers are buyers
        built = build(
            customers=options["customers"],
            months=options["months"],
            seed=options["seed"],
            now=now,
            progress=lambda done, total: self._say(f"  {done:>9,} of {total:,} orders", again=True),
        )
        self._say("  copying into the warehouse …")
        warehouse.refresh(now=now)
        if not options["bare"]:
            self._say("  tiers, points and coupons …")
            reward(now=now, seed=options["seed"], language=options["language"])
            warehouse.refresh(now=now)
            self._say("  planning segments and a campaign …")
            plan(now=now, seed=options["seed"], language=options["language"])
            warehouse.refresh(now=now)
        self._say("  tidying up …")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")  # or it does so by itself in the minutes when people first look around
        return built

    def _say(self, text: str, *, again: bool = False) -> None:
        if self._quiet:
            return
        if again and self.stdout.isatty():
            self.stdout.write(f"\r{text}", ending="")
            self.stdout.flush()
        elif not again:
            self.stdout.write(f"{chr(10) if self.stdout.isatty() else ''}{text}")
