"""The collector of the websites' events, against a bare INSERT of the same rows.

    python -m bench.collector [--seconds 10] [--batch 8] [--rate 3000]

The real web server (granian, the whole of Guanxi) and PostgreSQL run pinned to one core; the pages that send to them
are on another. Each batch is answered when it is committed and on disk. The baseline is the same rows put in by a bare
INSERT, one transaction a request, over as many connections as the server has threads, on the same core.

Events come at the wanted rate, and each answer's time counts from when its batch was due, not from when it could be
sent: a server that stalls does not hide it. Processor time is that of server and database together.
"""

import asyncio
import json
import os
import random
import resource
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.harness import begin, finish, report, throw_away_home

KEY, ORIGIN = "b" * 16, "https://shop.example"
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"
THREADS = 8
CONNECTIONS = 32
CORES = sorted(os.sched_getaffinity(0))


@dataclass
class Run:
    """What one run gave."""

    events: int = 0
    refused: int = 0
    waits: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        return 1000 * sorted(self.waits)[min(len(self.waits) - 1, int(share * len(self.waits)))]


def main() -> None:
    options = begin(__doc__, customers=0, seconds=10, batch=8, rate=3000)
    with throw_away_home() as home:
        _bench(home, seconds=options.seconds, batch=options.batch, rate=options.rate)
    finish(options)


def _bench(home: Path, *, seconds: int, batch: int, rate: int) -> None:
    from django.utils import timezone

    from guanxi.core.crypto import keyring
    from guanxi.visits.models import Site, VisitEvent

    keyring()
    Site.objects.create(name="Bench", key=KEY, origins=[ORIGIN], events_per_minute=10**9, created_at=timezone.now())
    _pin(_postmaster(home), CORES[0])
    lasted = max(3, seconds // 2)
    bare, bare_spent, _p99 = _bare_insert(home, seconds=lasted, batch=batch)
    *_more, bare_p99 = _bare_insert(home, seconds=seconds, batch=batch, rate=rate)
    before = VisitEvent.objects.count()
    with _server() as (port, pid):
        asyncio.run(_send(port, seconds=2, batch=batch, rate=rate))  # the first requests load what is loaded late
        spent = _processor(home, pid)
        paced = asyncio.run(_send(port, seconds=seconds, batch=batch, rate=rate))
        spent = _processor(home, pid) - spent
        flat = asyncio.run(_send(port, seconds=seconds, batch=batch, rate=0))
    kept = VisitEvent.objects.count() - before
    assert kept >= paced.events + flat.events, (kept, paced.events, flat.events)
    reached = paced.events / seconds
    within = paced.percentile(0.99)
    goal = f"{rate:,}/s on one core"
    met = reached >= 0.98 * rate and not paced.refused
    report(f"collector, {batch} events a request, at {rate:,} events/s", reached, "events/s", goal=goal, met=met)
    report("  answer, median", paced.percentile(0.5), "ms")
    report("  answer, 99th percentile", within, "ms", baseline=1000 * bare_p99, of="bare INSERT, at the same rate",
           goal="under 50 ms", met=within < 50)  # fmt: skip
    each = paced.events / spent
    report("  events in a second of one core's time", each, "events", baseline=bare / bare_spent, of="bare INSERT",
           goal=f"{rate:,}", met=each >= rate)  # fmt: skip
    report("collector, as fast as it goes", flat.events / seconds, "events/s", baseline=bare / lasted, of="bare INSERT")
    report("bare INSERT, one transaction a request", bare / lasted, "events/s")
    report("  events in a second of one core's time", bare / bare_spent, "events")


def _postmaster(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


def _pin(pid: int, core: int) -> None:
    """Put a process, and those it starts from now on, on one core; and its children that are there."""
    for task in [pid, *_children(pid)]:
        os.sched_setaffinity(task, {core})


def _children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found += [int(path.parent.name), *_children(int(path.parent.name))]
    return found


def _processor(home: Path, server: int = 0) -> float:
    """Seconds of processor that the database, ended backends included, and the server have had."""
    ticks = 0
    master = _postmaster(home)
    for task in {master, *_children(master), *([server, *_children(server)] if server else [])}:
        try:
            fields = Path(f"/proc/{task}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12]) + (int(fields[13]) + int(fields[14]) if task == master else 0)
    return ticks / os.sysconf("SC_CLK_TCK")


class _server:
    """The web server on one core, on a port of its own."""

    def __enter__(self) -> tuple[int, int]:
        from guanxi.core.supervisor import WebServer, web_command

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = web_command(WebServer("127.0.0.1", port, 1, THREADS))
        self.process = subprocess.Popen(["taskset", "-c", str(CORES[0]), *command])
        for _try in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return port, self.process.pid
            time.sleep(0.1)
        raise RuntimeError("the web server did not start")

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait()


def _body(batch: int, draw: random.Random) -> bytes:
    now = int(time.time() * 1000)
    events = [
        {
            "id": f"{now:012x}{secrets.token_hex(10)}",
            "at": now - 300 * number,
            "kind": draw.choice(["page", "page", "product", "search", "cart"]),
            "path": f"/goods/{draw.randrange(500)}",
            "referrer": draw.choice(["", "www.baidu.com", "weibo.com"]),
            "product": f"SKU{draw.randrange(500)}",
            "title": f"毛巾 {draw.randrange(500)}",
            "category": draw.choice(["毛巾", "被套", "枕头"]),
        }
        for number in range(batch)
    ]
    return json.dumps({"visitor": secrets.token_hex(16), "sent": now, "events": events}).encode()


async def _send(port: int, *, seconds: int, batch: int, rate: int) -> Run:
    """Batches when they are due, at ``rate`` events a second in all; with 0 each connection sends without a pause."""
    run = Run()
    os.sched_setaffinity(0, {CORES[-1]})
    begun = time.perf_counter()
    end = begun + seconds
    due = iter(_due(begun, end, batch, rate))

    async def page(number: int) -> None:
        draw = random.Random(number)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            body = _body(batch, draw)
            at = next(due, None) if rate else time.perf_counter()
            if at is None:
                break
            await asyncio.sleep(max(0, at - time.perf_counter()))
            head = (
                f"POST /v/{KEY} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {ORIGIN}\r\nUser-Agent: {AGENT}\r\n"
                f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            run.waits.append(time.perf_counter() - at)
            if answer.startswith(b"HTTP/1.1 204"):
                run.events += batch
            else:
                run.refused += 1
        writer.close()

    await asyncio.gather(*(page(number) for number in range(CONNECTIONS)))
    return run


def _due(begun: float, end: float, batch: int, rate: int) -> list[float]:
    if not rate:
        return []
    step = batch / rate
    return [begun + number * step for number in range(int((end - begun) / step))]


def _bare_insert(home: Path, *, seconds: int, batch: int, rate: int = 0) -> tuple[int, float, float]:
    """Events put in by plain INSERTs with VALUES, each committed, by threads that do nothing else; the seconds of
    processor that it took; and the 99th percentile of the seconds until they were in."""
    program = Path(__file__).with_name("collector_baseline.py")
    numbers = map(str, (seconds, batch, THREADS, rate))
    command = ["taskset", "-c", str(CORES[0]), sys.executable, str(program), *numbers]
    own, database = resource.getrusage(resource.RUSAGE_CHILDREN), _processor(home)
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - own.ru_utime - own.ru_stime + _processor(home) - database
    told = json.loads(done.stdout)
    return told["rows"], spent, told["p99"]


if __name__ == "__main__":
    main()
