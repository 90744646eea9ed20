"""What a sending run was doing when it was cut off: an append-only file next to the database, one per run.

A line is written right before the last step of handing over a message and right after the answer. The file is locked
while its run lives, so a file that can be locked belongs to a run that died.
"""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from guanxi.messaging.channels.base import Outcome, Verdict

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
ANSWERS = {
    Verdict.SENT: "S",
    Verdict.LATER: "L",
    Verdict.REFUSED: "R",
    Verdict.BROKEN: "B",
    Verdict.UNCERTAIN: "U",
}
VERDICTS = {letter: verdict for verdict, letter in ANSWERS.items()}


def folder() -> Path:
    path = Path(settings.GUANXI_HOME) / "outbox-journal"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _boot() -> str:
    return BOOT_ID.read_text().strip() if BOOT_ID.exists() else "unknown"


class Journal:
    """The file of a living run. Lines are single writes, so threads need no lock."""

    def __init__(self) -> None:
        self.run_id = uuid4()
        self.path = folder() / f"{self.run_id}.log"
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._write(f"boot {_boot()}\n")
        os.fsync(self._file)

    def last_step(self, message_id: int) -> None:
        """Raises OSError when the disk is full; then the last step must not be taken."""
        self._write(f"A {message_id}\n")

    def answered(self, outcome: Outcome) -> None:
        known = "user" if outcome.unknown_user else ""
        self._write(f"{ANSWERS[outcome.verdict]} {outcome.message_id} {outcome.code}|{known}\n")

    def _write(self, line: str) -> None:
        data = line.encode()
        if os.write(self._file, data) != len(data):
            raise OSError("the journal's disk is full")

    def close(self, *, remove: bool) -> None:
        """``remove`` once the database knows everything that is in it."""
        if remove:
            self.path.unlink(missing_ok=True)
        os.close(self._file)


@dataclass(slots=True)
class DeadRun:
    """What a run that was cut off left behind."""

    run_id: UUID
    path: Path
    same_boot: bool
    """False when the machine itself went down: the last lines may never have reached the disk."""
    begun: set[int] = field(default_factory=set)
    """Messages in their last step without an answer."""
    answered: list[Outcome] = field(default_factory=list)


def dead_runs() -> Iterator[DeadRun]:
    """Runs of this machine that died, each locked while the caller works on it; its file goes when the loop goes on."""
    for path in sorted(folder().glob("*.log")):
        handle = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield read(path)
            path.unlink(missing_ok=True)
        except BlockingIOError:
            continue  # its run lives
        finally:
            os.close(handle)


def living_runs() -> set[UUID]:
    """Runs whose journal stands on this machine."""
    return {UUID(path.stem) for path in folder().glob("*.log")}


def read(path: Path) -> DeadRun:
    run = DeadRun(UUID(path.stem), path, same_boot=False)
    for line in path.read_text().splitlines():
        letter, _, rest = line.partition(" ")
        if letter == "boot":
            run.same_boot = rest == _boot()
        elif letter == "A" and rest.isdigit():
            run.begun.add(int(rest))
        elif letter in VERDICTS:
            _read_answer(run, letter, rest)
    return run


def _read_answer(run: DeadRun, letter: str, rest: str) -> None:
    number, _, tail = rest.partition(" ")
    code, bar, known = tail.partition("|")
    if bar and number.isdigit():  # a line without its end was cut off and answers nothing
        run.begun.discard(int(number))
        run.answered.append(Outcome(int(number), VERDICTS[letter], code, unknown_user=known == "user"))
