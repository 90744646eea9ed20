from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from guanxi.core.models import User
from guanxi.core.supervisor import (
    Child,
    PortTaken,
    WebServer,
    answers,
    check_port,
    supervise,
    web_command,
    worker_command,
)


class Command(BaseCommand):
    help = "Bring the database up to date and run web server and worker until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="fill an empty database with the demo merchant first")

    def handle(self, *args: Any, **options: Any) -> None:
        web = WebServer(**settings.WEB_SERVER)
        try:
            check_port(web.host, web.port)
        except PortTaken as taken:
            raise CommandError(str(taken)) from None
        call_command("migrate", verbosity=0, interactive=False)
        if options["demo"] and not User.objects.exists():
            call_command("demo")
        children = [Child("web server", web_command(web)), Child("worker", worker_command())]
        supervise(children, ready=partial(answers, web), announce=self._announce)
        self.stdout.write("Guanxi has ended.")

    def _announce(self) -> None:
        self.stdout.write(f"\nGuanxi is at {settings.BASE_URL}")
        if hint := self._sign_in_hint():
            self.stdout.write(hint)
        self.stdout.write("Ctrl-C ends it.\n")
        self.stdout.flush()

    def _sign_in_hint(self) -> str:
        path = settings.GUANXI_HOME / "demo-sign-in.txt"
        if path.exists():
            return f"Demo sign-in: {path.read_text().strip()}"
        if not User.objects.exists():
            return "Nobody can sign in yet: guanxi user create --email you@example.com --role administrator"
        return ""
