import getpass
import json
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from guanxi.core import audit
from guanxi.core.models import Role, User


class Command(BaseCommand):
    help = "List, create and change the people who sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        listing = commands.add_parser("list", help="everyone who can sign in")
        create = commands.add_parser("create", help="a new person; asks for a password, or makes one with --generate")
        create.add_argument("--email", required=True)
        create.add_argument("--name", default="")
        create.add_argument("--role", action="append", default=[], help="a role's code; may be given several times")
        create.add_argument("--generate", action="store_true", help="make a password and print it once")
        password = commands.add_parser("password", help="a new password for someone")
        password.add_argument("--email", required=True)
        password.add_argument("--generate", action="store_true")
        for command in (listing, create, password):
            command.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        answer = getattr(self, f"_{options['command']}")(options)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        elif isinstance(answer, list):
            for person in answer:
                self.stdout.write(f"{person['email']:<40} {', '.join(person['roles'])}")
        else:
            self.stdout.write(" ".join(str(value) for value in answer.values()))

    def _list(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        people = User.objects.prefetch_related("roles")
        return [
            {"email": p.email, "name": p.name, "active": p.is_active, "roles": [r.code for r in p.roles.all()]}
            for p in people
        ]

    @transaction.atomic
    def _create(self, options: dict[str, Any]) -> dict[str, Any]:
        email = options["email"].lower()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an e-mail address") from None
        if User.objects.filter(email=email).exists():
            raise CommandError(f"{email} is there already; to change the password: guanxi user password")
        roles = list(Role.objects.filter(code__in=options["role"]))
        if unknown := set(options["role"]) - {role.code for role in roles}:
            known = ", ".join(Role.objects.values_list("code", flat=True))
            raise CommandError(f"no role called {', '.join(sorted(unknown))}; there are: {known}")
        password, shown = self._password_for(options)
        user = User.objects.create_user(
            email, password, name=options["name"] or email.split("@")[0], password_is_temporary=options["generate"]
        )
        user.roles.set(roles)
        audit.record("user.created", actor=None, subject=("user", user.pk), detail={"roles": options["role"]})
        return {"created": email, **shown}

    def _password(self, options: dict[str, Any]) -> dict[str, Any]:
        user = User.objects.filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError(f"nobody signs in as {options['email']}")
        password, shown = self._password_for(options)
        user.set_password(password)
        user.password_is_temporary = options["generate"]
        user.save(update_fields=["password", "password_is_temporary"])
        audit.record("user.password_set", actor=None, subject=("user", user.pk))
        return {"changed": user.email, **shown}

    def _password_for(self, options: dict[str, Any]) -> tuple[str, dict[str, str]]:
        if options["generate"]:
            password = secrets.token_urlsafe(12)
            return password, {"password": password}
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        return password, {}
