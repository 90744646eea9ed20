"""The baseline of bench/collector.py: rows of visits put in by a bare INSERT, a transaction a request.

python bench/collector_baseline.py SECONDS BATCH THREADS RATE

RATE is in rows a second, each transaction when it is due; 0 is as fast as it goes. Prints a JSON object: how many
``rows``, and the 99th percentile of the seconds from due to committed, ``p99``.
"""

import json
import os
import secrets
import sys
import threading
import time
import uuid
from datetime import UTC, datetime

import psycopg

COLUMNS = (
    "site_id, received_at, event_id, visitor, kind, occurred_at, path, product, title, category, term, source, medium,"
    " campaign, device, browser"
)


class Work:
    """What all threads share."""

    def __init__(self, seconds: int, batch: int, rate: int) -> None:
        self.batch, self.paced = batch, rate > 0
        self.end = time.perf_counter() + seconds
        step = batch / rate if rate else 0.0
        self.due = iter([time.perf_counter() + number * step for number in range(seconds * rate // batch)])
        self.lock = threading.Lock()
        self.waits: list[float] = []

    def next(self) -> float | None:
        """When the next transaction is due; None when there is none any more."""
        if not self.paced:
            return now if (now := time.perf_counter()) < self.end else None
        with self.lock:
            return next(self.due, None)


def insert(work: Work) -> None:
    values = ", ".join(["(" + ", ".join(["%s"] * 16) + ")"] * work.batch)
    statement = f"INSERT INTO visits_visitevent ({COLUMNS}) VALUES {values}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        while (due := work.next()) is not None:
            time.sleep(max(0, due - time.perf_counter()))
            now = datetime.now(UTC)
            rows: list[object] = []
            visitor = uuid.uuid4()
            for _event in range(work.batch):
                event = uuid.UUID(f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}")
                said = ("/goods/17", "SKU17", "毛巾 17", "毛巾", "", "baidu.com", "search", "", "phone", "Safari")
                rows += [0, now, event, visitor, "product", now, *said]
            connection.execute(statement, rows)
            work.waits.append(time.perf_counter() - due)


def main() -> None:
    seconds, batch, threads, rate = map(int, sys.argv[1:])
    work = Work(seconds, batch, rate)
    workers = [threading.Thread(target=insert, args=(work,)) for _number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    waits = sorted(work.waits)
    print(json.dumps({"rows": len(waits) * batch, "p99": waits[int(0.99 * len(waits))]}))


if __name__ == "__main__":
    main()
