"""Rotation of the data keys: every sealed value, of whatever room, sealed again with the newest key.

Works in batches of rows, each a transaction, and looks for what is sealed with another key than the newest: cut off at
any moment it goes on where it was. Reading works throughout, because the ring keeps its older keys.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction

from guanxi.core.crypto import keyring, save_keyring
from guanxi.core.fields import SealedField

BATCH = 2000
KEY_NUMBER = "get_byte({column}, 1) * 256 + get_byte({column}, 2)"


class KeysElsewhere(RuntimeError):
    """The ring is not a file of ours."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    number: int
    current: bool
    values: int
    """Sealed values that need this key."""


def rotate(*, new_key: bool = True) -> list[KeyUse]:
    """Make a new data key, seal everything with it, and say what still needs which key. Raises KeysElsewhere.

    Web server and worker must be started again to seal with the new key; until then they still seal with the one
    before, which stays in the ring, and the next rotation or ``--resume`` takes that along.
    """
    if new_key and os.environ.get("GUANXI_DATA_KEYS"):
        raise KeysElsewhere(
            "The keyring comes from GUANXI_DATA_KEYS: add a key with a higher number there, start Guanxi again, and run"
            " `guanxi keys rotate --resume`."
        )
    if new_key:
        save_keyring(keyring().with_new_key())
    for table, key, columns in _sealed_tables():
        _reseal(table, key, columns)
    return count()


def count() -> list[KeyUse]:
    """How many values need each key of the ring, newest first."""
    ring = keyring()
    used: Counter[int] = Counter()
    with connection.cursor() as cursor:
        for table, _key, columns in _sealed_tables():
            for column in columns:
                number = KEY_NUMBER.format(column=column)
                cursor.execute(f"SELECT {number}, count(*) FROM {table} WHERE length({column}) > 3 GROUP BY 1")
                used.update(dict(cursor.fetchall()))
    return [KeyUse(one, one == ring.current, used[one]) for one in sorted({*ring.data, *used}, reverse=True)]


def _sealed_tables() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Table, its key column, and its sealed columns with the name that each is bound to."""
    for model in apps.get_models():
        columns = {str(one.column): one.seal_name for one in model._meta.local_fields if isinstance(one, SealedField)}
        if columns:
            yield model._meta.db_table, str(model._meta.pk.column), columns


def _reseal(table: str, key: str, columns: dict[str, str]) -> None:
    last: int | None = 0
    while last is not None:
        with transaction.atomic():
            last = _reseal_batch(table, key, columns, last)


def _reseal_batch(table: str, key: str, columns: dict[str, str], after: int) -> int | None:
    """Seal one batch of rows again; returns the last key of the batch, None at the end of the table."""
    ring = keyring()
    stale = " OR ".join(
        f"(length({column}) > 3 AND {KEY_NUMBER.format(column=column)} <> {ring.current})" for column in columns
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, {', '.join(columns)} FROM {table} WHERE {key} > %s AND ({stale})"
            f" ORDER BY {key} LIMIT {BATCH} FOR UPDATE",
            [after],
        )
        rows = cursor.fetchall()
        if not rows:
            return None
        sealed = [
            [ring.seal(ring.open(value or b"", name), name) for value in values]
            for name, values in zip(columns.values(), list(zip(*rows, strict=True))[1:], strict=True)
        ]
        names = ", ".join(f"c{number}" for number in range(len(columns)))
        cursor.execute(
            f"UPDATE {table} t SET {', '.join(f'{column} = s.c{number}' for number, column in enumerate(columns))}"
            f" FROM unnest(%s::bigint[], {', '.join(['%s::bytea[]'] * len(columns))}) s (id, {names})"
            f" WHERE t.{key} = s.id",
            [[row[0] for row in rows], *sealed],
        )
    return int(rows[-1][0])
