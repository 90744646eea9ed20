"""Reading and preparing the next batches in a thread of its own while the database works on this one."""

import gc
import queue
import sys
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from django.utils import translation

Item = TypeVar("Item")
SWITCH = 0.0005
"""Seconds after which a busy thread lets another have a turn. The usual 5 ms leave the database idle too long."""
GARBAGE = 200_000
"""New objects before the collector looks for cycles. A batch is that many and has none; the usual 700 cost a third."""


def ahead(items: Iterable[Item], *, depth: int = 2) -> Generator[Item, None, None]:
    """The same items, produced up to ``depth`` ahead in a thread that must not touch the database.

    What the producer raises is raised here. Closing the generator stops the thread.
    """
    ready: queue.Queue[tuple[Item | None, BaseException | None]] = queue.Queue(depth)
    stopped = threading.Event()
    language = translation.get_language() or "en"

    def offer(item: Item | None, error: BaseException | None) -> None:
        while not stopped.is_set():
            with suppress(queue.Full):
                ready.put((item, error), timeout=0.2)
                return

    def produce() -> None:
        try:
            with translation.override(language):
                for item in items:
                    offer(item, None)
                    if stopped.is_set():
                        return
            offer(None, StopIteration())
        except BaseException as error:
            offer(None, error)

    thread = threading.Thread(target=produce, name="read-ahead", daemon=True)
    with _busy():
        thread.start()
        try:
            while True:
                item, error = ready.get()
                if isinstance(error, StopIteration):
                    return
                if error is not None:
                    raise error
                yield item  # type: ignore[misc]  # without an error there is an item
        finally:
            stopped.set()
            thread.join()


@contextmanager
def _busy() -> Iterator[None]:
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(SWITCH)
    gc.set_threshold(GARBAGE, *thresholds[1:])
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)
