"""The baseline of bench/collector.py: rows of visits put in by a bare INSERT, a transaction a request; prints how many.

python bench/collector_baseline.py SECONDS BATCH THREADS
"""

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


def insert(counts: list[int], number: int, seconds: int, batch: int) -> None:
    values = ", ".join(["(" + ", ".join(["%s"] * 16) + ")"] * batch)
    statement = f"INSERT INTO visits_visitevent ({COLUMNS}) VALUES {values}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            now = datetime.now(UTC)
            rows: list[object] = []
            visitor = uuid.uuid4()
            for _event in range(batch):
                event = uuid.UUID(f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}")
                said = ("/goods/17", "SKU17", "毛巾 17", "毛巾", "", "baidu.com", "search", "", "phone", "Safari")
                rows += [0, now, event, visitor, "product", now, *said]
            connection.execute(statement, rows)
            counts[number] += batch


def main() -> None:
    seconds, batch, threads = map(int, sys.argv[1:])
    counts = [0] * threads
    workers = [threading.Thread(target=insert, args=(counts, n, seconds, batch)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(sum(counts))


if __name__ == "__main__":
    main()
