"""How long the nightly evaluation of everyone's tier takes, against one SQL statement written by hand.

    python -m bench.tier_evaluation [--customers N] [--rounds N]

Works on the database that GUANXI_HOME or DATABASE_URL names. When that has no customers, it first inserts N made-up
ones with three orders each. Each round is a night: the window moves on by a day and one order in a hundred is refunded
in part; whoever is found below their tier loses it. The statement by hand sums up the same orders of one currency,
takes the tier of each sum and finds who holds another one; it writes nothing, keeps no history, knows no grace and no
tier set by hand.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bench.harness import begin, django_ready, finish, report
from bench.warehouse_refresh import fill

LADDER = (("Silver", 3_000), ("Gold", 8_000), ("Platinum", 14_000), ("Diamond", 20_000))
DAYS = 365
BY_HAND = """
WITH sums AS (
  SELECT customer_id, sum(total - refunded_total) AS spend FROM commerce_order
  WHERE kind = 'sale' AND status IN ('paid', 'shipped', 'completed', 'refunded') AND currency = 'CNY'
    AND placed_at >= %(since)s AND placed_at < %(until)s AND customer_id IS NOT NULL
  GROUP BY customer_id
), met AS (
  SELECT customer_id, CASE WHEN spend >= 20000 THEN 4 WHEN spend >= 14000 THEN 3 WHEN spend >= 8000 THEN 2
    WHEN spend >= 3000 THEN 1 ELSE 0 END AS rank FROM sums
), held AS (
  SELECT m.customer_id, t.rank FROM loyalty_tiermember m JOIN loyalty_tier t ON t.id = m.tier_id
  WHERE m.programme_id = %(programme)s
)
SELECT count(*) FROM met FULL JOIN held USING (customer_id) WHERE coalesce(met.rank, 0) <> coalesce(held.rank, 0)
"""
NIGHT = """
UPDATE commerce_order SET refunded_total = total / 2 WHERE abs(hashint8(id)) %% 100 = %(round)s AND refunded_total = 0
"""


def measure(rounds: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from guanxi.loyalty.models import TierMember, TierProgramme
    from guanxi.loyalty.tiers import services
    from guanxi.loyalty.tiers.rules import window_of
    from guanxi.loyalty.tiers.types import ProgrammeDraft, TierDraft

    now = timezone.now()
    tiers = [TierDraft(name=name, min_spend=spend) for name, spend in LADDER]
    draft = ProgrammeDraft(name="Club", tiers=tiers, window_days=DAYS, grace_days=0)
    for old in TierProgramme.objects.filter(closed_at=None):
        services.close_programme(old.pk, now=now)
    saved: list[tuple[int, object]] = []
    first, first_server = _timed(lambda: saved.append(services.save_programme(draft, now=now)))
    club, moved = saved[0]
    programme = TierProgramme.objects.get(pk=club)
    nights, by_hand, server, server_by_hand = [], [], [], []
    moves: list[object] = []
    for number in range(rounds):
        with connection.cursor() as cursor:
            cursor.execute(NIGHT, {"round": number})
            cursor.execute("VACUUM ANALYZE commerce_order")
        now += timedelta(days=1)
        window = window_of(programme, now=now)
        values = {"since": window.since, "until": window.until, "programme": club}
        seconds, processor = _timed(lambda values=values: _run(BY_HAND, values))
        by_hand.append(seconds)
        server_by_hand.append(processor)
        seconds, processor = _timed(lambda now=now: moves.append(services.evaluate(club, now=now)))
        nights.append(seconds)
        server.append(processor)
    print(f"first: {moved}; nights: {moves}")
    print(f"members: {TierMember.objects.filter(programme=club).count():,}")
    night, hand = statistics.median(nights), statistics.median(by_hand)
    report("tiers, everyone for the first time", first * 1000, "ms")
    report("tiers, everyone for the first time, processor of the server", first_server * 1000, "ms")
    report("tiers, statement by hand", hand * 1000, "ms")
    report(
        "tiers, nightly evaluation", night * 1000, "ms", baseline=hand * 1000, of="a statement by hand",
        goal="10 s a million, 3 of the statement", met=night <= 3 * hand,
    )  # fmt: skip
    report(
        "tiers, nightly evaluation, processor of the server", statistics.median(server) * 1000, "ms",
        baseline=statistics.median(server_by_hand) * 1000, of="a statement by hand",
    )  # fmt: skip


def _run(statement: str, values: dict[str, object]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute(statement, values)
        cursor.fetchall()
        cursor.execute("RESET work_mem")


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall, and of processor time in the server: this connection's process and its helpers."""
    before, began = _processor(), time.perf_counter()
    work()
    return time.perf_counter() - began, _processor() - before


def _processor() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    try:
        own = _stat(pid)
        return (sum(own[11:13]) + sum(_stat(own[1])[13:15])) / os.sysconf("SC_CLK_TCK")
    except OSError:  # another machine, or not Linux
        return 0.0


def _stat(pid: int) -> list[int]:
    """/proc/PID/stat from the parent's number on; the first is the state, given as 0."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [0, *map(int, words[1:])]


def main() -> None:
    options = begin(__doc__, customers=100_000, rounds=5)
    django_ready()
    fill(options.customers, tables=("commerce_shop", "customers_customer", "commerce_order"))
    measure(options.rounds)
    finish(options)


if __name__ == "__main__":
    main()
