"""Reading and preparing the next batches while the database works on this one: in a thread, or on another core.

A thread costs nothing to start but shares one core with the recording; a process needs a part of a second to start and
doubles the pace, so it is for large files. It starts without models, which would take several times as long: what
runs there, and all that this imports, has none (`make check` sees to that).
"""

import gc
import multiprocessing
import os
import pickle
import queue
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from django.apps import apps
from django.utils import translation

from guanxi.core.crypto import keyring

Work = TypeVar("Work")
Item = TypeVar("Item")
SWITCH = 0.0005
"""Seconds after which a busy thread lets another have a turn. The usual 5 ms leave the database idle too long."""
GARBAGE = 200_000
"""New objects before the collector looks for cycles. A batch is that many and has none; the usual 700 cost a third."""
DEPTH = 2


def ahead(
    produce: Callable[[Work], Iterator[Item]], work: Work, *, on_another_core: bool
) -> Generator[Item, None, None]:
    """The items of ``produce(work)``, made ahead by code that must not touch the database.

    What it raises is raised here. Closing the generator stops it. On another core, ``produce`` must be a function of a
    module that imports no models, and it, ``work``, the items and what is raised must be picklable.
    """
    if on_another_core and (os.cpu_count() or 1) > 1:
        return _from_process(produce, work)
    return _from_thread(produce, work)


def _from_thread(produce: Callable[[Work], Iterator[Item]], work: Work) -> Generator[Item, None, None]:
    ready: queue.Queue[tuple[Item | None, BaseException | None]] = queue.Queue(DEPTH)
    stopped = threading.Event()
    language = translation.get_language() or "en"

    def offer(item: Item | None, error: BaseException | None) -> None:
        while not stopped.is_set():
            with suppress(queue.Full):
                ready.put((item, error), timeout=0.2)
                return

    def run() -> None:
        try:
            with translation.override(language):
                for item in produce(work):
                    offer(item, None)
                    if stopped.is_set():
                        return
            offer(None, StopIteration())
        except BaseException as error:
            offer(None, error)

    thread = threading.Thread(target=run, name="read-ahead", daemon=True)
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


def _from_process(produce: Callable[[Work], Iterator[Item]], work: Work) -> Generator[Item, None, None]:
    fresh = multiprocessing.get_context("spawn")  # a fork would take our threads' locks and connections along
    answers, theirs = fresh.Pipe(duplex=False)
    task = pickle.dumps((produce, work))
    arguments = (theirs, task, translation.get_language() or "en", keyring().dump())
    process = fresh.Process(target=_serve, args=arguments, name="read-ahead", daemon=True)
    process.start()
    theirs.close()
    items = _from_thread(_received, answers)
    try:
        for item in items:  # noqa: UP028 - `yield from` would close the thread first
            yield item
    finally:
        process.terminate()  # before the thread is waited for, which might wait for its next batch
        items.close()
        process.join()
        answers.close()


def _received(answers: Connection) -> Iterator[Any]:
    """What the process sends, unpacked while the database is at work."""
    while True:
        try:
            item, error = pickle.loads(answers.recv_bytes())  # noqa: S301 - of our own process
        except EOFError:
            raise RuntimeError("the process that reads the file has died") from None
        if isinstance(error, StopIteration):
            return
        if error is not None:
            raise error
        yield item


def _serve(answers: Connection, task: bytes, language: str, keys: str) -> None:
    """The other process. Its next batch waits in the pipe; when nobody reads any more, it ends."""
    os.environ["GUANXI_DATA_KEYS"] = keys  # hashes must be the same on both sides
    apps.populate(())  # translations ask for it; with all rooms and their models a start takes several times as long

    def answer(item: object, error: BaseException | None) -> None:
        answers.send_bytes(pickle.dumps((item, error), 5))

    with _busy(), translation.override(language), suppress(BrokenPipeError):
        try:
            produce, work = pickle.loads(task)  # noqa: S301 - of our own process
            for item in produce(work):
                answer(item, None)
            answer(None, StopIteration())
        except BrokenPipeError:
            raise
        except Exception as error:
            answer(None, error)


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
