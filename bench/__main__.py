"""``python -m bench [--big] [--customers N] [--only NAME] [--write]``: every benchmark, one table.

A throw-away GUANXI_HOME with its own PostgreSQL gets the demo merchant; then each benchmark runs in a process of its
own. Slow figures are told, not failed: the exit code is 1 only when a benchmark could not run. ``--write`` puts the
table into docs/benchmarks.md.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.harness import Figure, machine, throw_away_home

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
BENCHES = {
    "pages": 1.0,
    "warehouse_refresh": 1.0,
    "campaign_send": 0.1,
    "order_import": 1.0,
    "segment_count": 1.0,
    "tier_evaluation": 1.0,
    "points_award": 1.0,
    "coupon_codes": 1.0,
    "collector": 1.0,
    "merge_undo": 1.0,
    "matching": 1.0,
    "value_models": 1.0,
}
"""In this order, because the first work on the demo merchant; with their share of the customers asked for."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--big", action="store_true", help="a million customers")
    parser.add_argument("--customers", type=int)
    parser.add_argument("--only", choices=BENCHES, action="append", help="may be given more than once")
    parser.add_argument("--write", action="store_true", help=f"update {DOCUMENT.relative_to(ROOT)}")
    options = parser.parse_args()
    customers = options.customers or (1_000_000 if options.big else 100_000)
    figures: list[Figure] = []
    failed: list[str] = []
    with throw_away_home() as home:
        about = machine()
        print(about, flush=True)
        if not options.only or {"pages", "warehouse_refresh"} & set(options.only):
            figures.append(_demo(customers))
        for name in options.only or BENCHES:
            print(f"\n{name}", flush=True)
            found = _run(name, round(customers * BENCHES[name]), home / "figures.json")
            figures += found
            failed += [] if found else [name]
    table = _table(figures)
    print(f"\n{about}\n{customers:,} customers\n\n{table}")
    if options.write and not failed:
        _write(f"{datetime.now(UTC):%Y-%m-%d}, {customers:,} customers. {about}.\n\n{table}")
    if failed:
        sys.exit(f"could not run: {', '.join(failed)}")


def _demo(customers: int) -> Figure:
    command = [sys.executable, "-m", "guanxi", "demo", "--bare", "--customers", str(customers), "--json"]
    began = time.perf_counter()
    answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
    seconds = time.perf_counter() - began
    print(
        f"demo merchant: {answer['customers']:,} customers, {answer['orders']:,} orders in {seconds:.0f} s", flush=True
    )
    return Figure(f"demo merchant of {answer['orders']:,} orders, warehouse included", seconds, "s")


def _run(name: str, customers: int, answer: Path) -> list[Figure]:
    answer.unlink(missing_ok=True)
    command = [sys.executable, "-m", f"bench.{name}", "--customers", str(customers), "--json", str(answer)]
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode or not answer.exists():
        return []
    return [Figure(**figure) for figure in json.loads(answer.read_text())]


def _table(figures: Sequence[Figure]) -> str:
    """Markdown that also reads well on a terminal."""
    rows = [("what", "figure", "ratio", "wanted", "")]
    for one in figures:
        ratio = f"{one.ratio:.2f} of {one.of}" if one.ratio is not None else ""
        met = "" if one.met is None else "yes" if one.met else "NO"
        rows.append((one.name, f"{one.value:,.{0 if one.value >= 100 else 1}f} {one.unit}", ratio, one.goal, met))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    rows.insert(1, tuple("-" * width for width in widths))  # type: ignore[arg-type]  # five of them
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    )


def _write(text: str) -> None:
    before, _begin, rest = DOCUMENT.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


if __name__ == "__main__":
    main()
