"""Cursor paging: a page says where the next begins, so that rows that come in between are neither lost nor doubled."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from ninja import Field, Schema

from guanxi.core.api.problems import ApiProblem

Item = TypeVar("Item")
Row = TypeVar("Row")
MOST = 500


class Paging(Schema):
    """Query parameters of every list."""

    cursor: str = Field("", description="`next` of the page before; empty for the first page")
    limit: int = Field(100, ge=1, le=MOST)

    def after(self, kinds: Sequence[type]) -> list[int | str] | None:
        """The last row's key the cursor stands for. Raises ApiProblem 400 when it is none of ours."""
        if not self.cursor:
            return None
        try:
            key = json.loads(base64.urlsafe_b64decode(self.cursor.encode()))
        except (ValueError, UnicodeError):
            key = None
        if not isinstance(key, list) or [type(part) for part in key] != list(kinds):
            raise ApiProblem(400, "bad-cursor", "This cursor is not one that a page gave; leave it out to begin again.")
        if any(isinstance(part, int) and abs(part) >= 2**63 for part in key):
            raise ApiProblem(400, "bad-cursor", "This cursor is not one that a page gave; leave it out to begin again.")
        return key


class Page(Schema, Generic[Item]):
    items: list[Item]
    next: str = Field("", description="cursor of the next page; empty on the last")


def cursor_for(*key: int | str) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def cut(rows: Sequence[Row], limit: int, key: Callable[[Row], tuple[int | str, ...]]) -> tuple[Sequence[Row], str]:
    """Rows fetched with ``limit + 1``: those of this page, and the cursor of the next."""
    if len(rows) <= limit:
        return rows, ""
    return rows[:limit], cursor_for(*key(rows[limit - 1]))
