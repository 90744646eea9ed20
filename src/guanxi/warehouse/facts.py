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


class Statement(NamedTuple):
    sql: str
    """DuckDB SQL of ``customer_facts``."""
    columns: Mapping[str, Sequence[str]]
    """What it reads of each table."""


def statement(schemas: Mapping[str, "ibis.Schema"]) -> Statement:
    """How to make ``customer_facts`` from tables of these columns. Raises MissingTable."""
    import ibis

    if missing := tables_read() - set(schemas):
        raise MissingTable(f"customer_facts needs tables that are not exported: {', '.join(sorted(missing))}")
    tables = {name: ibis.table(schema, name=name) for name, schema in schemas.items()}
    customers = tables[CUSTOMERS]
    if MERGED in customers.columns:
        customers = customers.filter(customers[MERGED].isnull()).drop(MERGED)
    facts = customers
    values: dict[str, ibis.Value] = {}
    columns = {name: set(table.columns) if name == CUSTOMERS else set() for name, table in tables.items()}
    for spec in FACTS.values():
        group = spec.build(tables)
        sql = str(ibis.to_sql(group, dialect="duckdb"))
        for name in spec.tables:
            # What a group gives may be written as a star, so its own columns count as named.
            columns[name] |= {c for c in tables[name].columns if f'"{c}"' in sql or c in group.columns}
        of = f"{spec.name}_of"
        group = group.rename({of: KEY})
        facts = facts.left_join(group, customers[KEY] == group[of])
        values |= _values(spec, group)
    everything = facts.select(*customers.columns, **values)
    return Statement(
        str(ibis.to_sql(everything, dialect="duckdb")), {name: sorted(columns[name]) for name in tables_read()}
    )


def _values(spec: FactSpec, group: "ibis.Table") -> "dict[str, ibis.Value]":
    """The columns of a group, with what customers have that it has no row for."""
    import ibis

    if unknown := set(group.columns) ^ {f"{spec.name}_of", *spec.defaults}:
        raise ValueError(f"facts {spec.name!r}: columns and defaults differ in {', '.join(sorted(unknown))}")
    return {
        name: group[name] if default is None else ibis.coalesce(group[name], ibis.literal(default, group[name].type()))
        for name, default in spec.defaults.items()
    }
