"""What the warehouse copies, and what it derives per customer. Rooms declare these in their exports.py."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

Tables = Mapping[str, Any]
"""Warehouse tables by name, as Ibis tables."""


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table of the warehouse: rows of a PostgreSQL query, replaced whole by key when they change."""

    name: str
    select: str
    """A SELECT without WHERE on change, with the column ``changed_xact`` under that name among its columns; money as
    bigint minor units, times as timestamptz. The refresh wraps it: ``SELECT … FROM (select) s WHERE changed_xact …``,
    so it must be one that PostgreSQL can push that condition into."""
    key: str
    """Column whose value owns rows: a changed key's rows are all replaced by what the query now gives for it."""
    customer_key: str | None = None
    """Column with the customer id, when a change here changes that customer's facts. The customer is there before its
    rows are."""
    part_of: str | None = None
    """The table, declared before this one, whose rows these are parts of, as lines are of orders: it has the same key,
    its ``changed_xact`` is that of ``select``, and when one of its rows changes all parts of it are replaced, also by
    none."""

    @property
    def digest(self) -> str:
        """Changes when the definition does."""
        return sha256("\0".join((self.select, self.key, self.customer_key or "")).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, eq=False)
class FactSpec:
    """A group of columns of ``customer_facts``."""

    name: str
    tables: Sequence[str]
    """Warehouse tables it reads."""
    build: Callable[[Tables], Any]
    """Gives an Ibis expression with ``customer_id`` and the fact columns, one row a customer, runs on DuckDB and Spark.
    Facts never depend on today's date: keep ``last_order_at``, not "days since"."""
    defaults: Mapping[str, Any]
    """Value of each column for customers the expression has no row for."""


TABLES: dict[str, TableSpec] = {}
FACTS: dict[str, FactSpec] = {}


def export(*specs: TableSpec | FactSpec) -> None:
    """Declare warehouse tables and facts; called at import of each room's exports.py."""
    for spec in specs:
        if isinstance(spec, TableSpec):
            TABLES[spec.name] = spec
        else:
            FACTS[spec.name] = spec
