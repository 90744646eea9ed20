"""Checks of a set-up, each with how to mend what it finds. Rooms add theirs with `check`."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from guanxi.core import crypto
from guanxi.core.models import EventCursor, User

GIGABYTE = 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    ok: bool
    found: str
    mend: str = ""
    """What to do about it, when not ok."""


CHECKS: list[Callable[[], Finding]] = []


def check(function: Callable[[], Finding]) -> Callable[[], Finding]:
    CHECKS.append(function)
    return function


def examine() -> Iterable[Finding]:
    """Run every check; one that itself fails is a finding too."""
    for function in CHECKS:
        try:
            yield function()
        except Exception as error:
            yield Finding(function.__name__, ok=False, found=f"{type(error).__name__}: {error}", mend="see the message")


@check
def python_version() -> Finding:
    version = sys.version.split()[0]
    return Finding("Python", sys.version_info[:2] == (3, 11), version, "install Python 3.11 and run `make setup` again")


@check
def home_folder() -> Finding:
    home = Path(settings.GUANXI_HOME)
    free = shutil.disk_usage(home).free
    writable = os.access(home, os.W_OK)
    return Finding(
        "State folder",
        writable and free > GIGABYTE,
        f"{home.name}/, {free // GIGABYTE} GB free{'' if writable else ', not writable'}",
        "free some disk space, give this user the folder, or set GUANXI_HOME to another one",
    )


@check
def database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        number = int(cursor.fetchone()[0])
    return Finding("PostgreSQL", number >= 150_000, f"version {number // 10_000}", "use PostgreSQL 15 or newer")


@check
def migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Finding("Tables", not plan, "up to date" if not plan else f"{len(plan)} changes to make", "guanxi migrate")


@check
def keyring() -> Finding:
    ring = crypto.keyring()
    mode_ok = True
    if not os.environ.get("GUANXI_DATA_KEYS"):
        mode_ok = crypto.keyring_path().stat().st_mode & 0o077 == 0
    return Finding(
        "Keys of personal data",
        mode_ok,
        f"{len(ring.data)} kept, number {ring.current} in use",
        "others can read the key file: chmod 600 it; and keep a copy of it apart from the database's backup",
    )


@check
def front_end() -> Finding:
    folder = Path(settings.STATICFILES_DIRS[0]) / "vendor"
    there = folder.is_dir() and any(folder.iterdir())
    return Finding("Front-end files", there, "built" if there else "missing", "make setup")


@check
def translations() -> Finding:
    folder = Path(settings.LOCALE_PATHS[0])
    compiled = list(folder.glob("*/LC_MESSAGES/django.mo"))
    return Finding("Translations", len(compiled) == 2, f"{len(compiled)} of 2 compiled", "make setup")


@check
def someone_can_sign_in() -> Finding:
    administrators = User.objects.filter(is_active=True, roles__all_permissions=True).distinct().count()
    return Finding(
        "Administrators",
        administrators > 0,
        str(administrators),
        "guanxi user create --email you@example.com --role administrator",
    )


@check
def event_readers() -> Finding:
    failing = list(EventCursor.objects.filter(failures__gt=0))
    return Finding(
        "Event readers",
        not failing,
        "all well" if not failing else "; ".join(f"{cursor.reader}: {cursor.error}" for cursor in failing),
        "mend what the error names; the reader tries again by itself and skips nothing",
    )
