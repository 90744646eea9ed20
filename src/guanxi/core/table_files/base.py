"""What readers of brought files give where they cannot give what they read."""

from collections.abc import Sequence
from dataclasses import dataclass


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message tells a merchant what to do about it."""


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class RejectedRow:
    """A source row that could not be read, with its cells as they stood and a reason for people."""

    row: int
    cells: Sequence[str]
    reason: str
