"""``customer_facts``: every FactSpec joined on all customers, as one DuckDB statement. Customers that were merged into
another have none; what was theirs is the other's.

The statement names tables without a schema, so it runs over the whole tables or over the rows of a few customers,
whichever views the connection's current schema has.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from guanxi.warehouse.specs import FACTS, FactSpec

if TYPE_CHECKING:
    import ibis

TABLE = "customer_facts"
KEY = "customer_id"
CUSTOMERS = "customers"
MERGED = "merged_into"
"""Column of the customers that says who a customer is now; such a customer has no facts."""


class MissingTable(Exception):
    """A group of facts reads a table that no room exports."""


def tables_read(specs: Mapping[str, FactSpec] = FACTS) -> set[str]:
    """The warehouse tables that facts are made of."""
    return {CUSTOMERS, *(table for spec in specs.values() for table in spec.tables)}


class Group(NamedTuple):
    """A FactSpec as DuckDB SQL."""

    sql: str
    """Gives ``customer_id`` and the columns."""
    defaults: Mapping[str, str]
    """The columns, with the SQL of what customers have that it has no row for; empty for null."""
    reads: Mapping[str, Sequence[str]]
    """What it reads of each table."""


def group(spec: FactSpec, schemas: Mapping[str, "ibis.Schema"]) -> Group:
    """How to make the facts of a group from tables of these columns. Raises MissingTable."""
    import ibis
    from sqlglot.expressions import convert

    if missing := set(spec.tables) - set(schemas):
        raise MissingTable(f"customer_facts needs tables that are not exported: {', '.join(sorted(missing))}")
    tables = {name: ibis.table(schemas[name], name=name) for name in spec.tables}
    made = spec.build(tables)
    if unknown := set(made.columns) ^ {KEY, *spec.defaults}:
        raise ValueError(f"facts {spec.name!r}: columns and defaults differ in {', '.join(sorted(unknown))}")
    sql = str(ibis.to_sql(made, dialect="duckdb"))
    # What a group gives may be written as a star, so its own columns count as named.
    reads = {
        name: [column for column in table.columns if f'"{column}"' in sql or column in made.columns]
        for name, table in tables.items()
    }
    defaults = {name: "" if value is None else convert(value).sql("duckdb") for name, value in spec.defaults.items()}
    return Group(sql, defaults, reads)


def kept(columns: Mapping[str, str]) -> Group:
    """Facts that stay as they were, from a table of the old ones."""
    names = [KEY, *columns]
    quoted = ", ".join(f'"{name}"' for name in names)
    return Group(f"SELECT {quoted} FROM {TABLE}", columns, {TABLE: names})


def statement(customers: Sequence[str], groups: Sequence[Group]) -> str:
    """DuckDB SQL of ``customer_facts``, from customers of these columns and groups of facts."""
    columns = [f'c."{name}"' for name in customers if name != MERGED]
    joins = []
    for number, one in enumerate(groups):
        for name, default in one.defaults.items():
            value = f'g{number}."{name}"'
            columns.append(f'coalesce({value}, {default}) AS "{name}"' if default else value)
        joins.append(f" LEFT JOIN ({one.sql}) AS g{number} ON g{number}.{KEY} = c.{KEY}")
    merged = f" WHERE c.{MERGED} IS NULL" if MERGED in customers else ""
    return f"SELECT {', '.join(columns)} FROM {CUSTOMERS} AS c{''.join(joins)}{merged}"
