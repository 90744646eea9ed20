"""Readers of people: a kind. One module a kind of file, listed here and nowhere else."""

from pathlib import Path

from guanxi.core.registry import Registry
from guanxi.customers.people.types import PeopleReader

READERS: Registry[PeopleReader] = Registry(
    "reader of people",
    {
        "vcard": "guanxi.customers.people.readers.vcard.Vcard",
        "table": "guanxi.customers.people.readers.table.PeopleTable",
    },
)


def recognise(path: Path) -> str:
    """The reader that is surest of this file, empty when none reads it."""
    sure = {reader.name: reader.recognises(path) for reader in READERS}
    best = max(sure, key=lambda name: sure[name])
    return best if sure[best] > 0 else ""
