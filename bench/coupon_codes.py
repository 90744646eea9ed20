"""A million codes of a coupon, each its own, made as the page makes them, against a hand-written INSERT … SELECT.

    python -m bench.coupon_codes [--codes 1000000]

The statement draws random text in the database and writes it into a table of a number, the code and its unique index:
the least that such codes can cost. Ours also come from the operating system's source of randomness, carry a check
character, and are made in parts that a job can be cut off between. The export is the file that people download.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from bench.harness import Clock, begin, finish, report, throw_away_home

NOW = datetime(2026, 5, 10, 4, tzinfo=UTC)
BY_HAND = [
    'CREATE TABLE by_hand (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text COLLATE "C" UNIQUE,'
    " coupon_id bigint NOT NULL, issued_at timestamptz NOT NULL)",
    "CREATE INDEX ON by_hand (coupon_id, id DESC)",
]
FILL = (
    "INSERT INTO by_hand (code, coupon_id, issued_at)"
    " SELECT upper(substr(md5(random()::text || i), 1, 12)), 1, now() FROM generate_series(1, %s) i"
)
MADE = "SELECT count(*), count(DISTINCT code) FROM loyalty_issuedcoupon WHERE coupon_id = %s"
TICK = os.sysconf("SC_CLK_TCK")


def database_seconds() -> float:
    """Processor time of the PostgreSQL process that serves this connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def main() -> None:
    options = begin(__doc__, customers=1_000_000, codes=0)
    count = options.codes or options.customers
    with throw_away_home():
        from django.db import connection

        from guanxi.loyalty.coupons import exporting, services
        from guanxi.loyalty.coupons.codes import mistyped, normalise
        from guanxi.loyalty.models import CouponBatch
        from guanxi.loyalty.testing import a_coupon

        coupon_id = a_coupon(code_style="unique", prefix="MUM", now=NOW)
        with connection.cursor() as cursor:
            for statement in BY_HAND:
                cursor.execute(statement)
            before = database_seconds()
            with Clock() as hand:
                cursor.execute(FILL, [count])
            hand_cpu = database_seconds() - before
        services.start_codes(coupon_id, count, user=None, now=NOW)
        batch = CouponBatch.objects.get()
        before = database_seconds()
        with Clock() as ours:
            made = services.make_codes(batch.pk, now=NOW)
        ours_cpu = ours.cpu + database_seconds() - before
        with connection.cursor() as cursor:
            cursor.execute(MADE, [coupon_id])
            assert cursor.fetchone() == (count, count) == (made, made), "codes are missing or not unique"
        size = longest = 0
        with Clock() as export:
            for line in exporting.code_lines(coupon_id):
                size, longest = size + len(line), max(longest, len(line))
        some = next(exporting.codes_of(coupon_id))
        assert not mistyped(normalise(some)), some
    goal = f"{count / 50_000:.0f} s"
    report("coupon codes: INSERT … SELECT by hand, elapsed", hand.seconds, "s")
    report("coupon codes: INSERT … SELECT by hand, processor", hand_cpu, "s")
    report(
        f"coupon codes: {count:,} made, elapsed",
        ours.seconds,
        "s",
        baseline=hand.seconds,
        of="SQL by hand",
        goal=goal,
        met=ours.seconds <= count / 50_000,
    )
    report("coupon codes: the same, processor of both sides", ours_cpu, "s", baseline=hand_cpu, of="SQL by hand")
    report(f"coupon codes: {size / 1e6:,.0f} MB of CSV streamed, elapsed", export.seconds, "s")
    finish(options)


if __name__ == "__main__":
    main()
