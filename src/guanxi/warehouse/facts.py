"""``customer_facts``: every FactSpec joined on all customers, as one DuckDB statement.

The statement names tables without a schema, so it runs over the whole tables or over the rows of a few customers,
whichever views the connection's current schema has.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from guanxi.warehouse.specs import FACTS, FactSpec

if TYPE_CHECKING:
    import ibis

TABLE = "customer_facts"
KEY = "customer_id"
CUSTOMERS = "customers"


class MissingTable(Exception):
    """A group of facts reads a table that no room exports."""


def tables_read(specs: Mapping[str, FactSpec] = FACTS) -> set[str]:
    """The warehouse tables that facts are made of."""
    return {CUSTOMERS, *(table for spec in specs.values() for table in spec.tables)}


def statement(schemas: Mapping[str, "ibis.Schema"]) -> str:
    """DuckDB SQL of ``customer_facts`` over tables of these columns. Raises MissingTable."""
    import ibis

    if missing := tables_read() - set(schemas):
        raise MissingTable(f"customer_facts needs tables that are not exported: {', '.join(sorted(missing))}")
    tables = {name: ibis.table(schema, name=name) for name, schema in schemas.items()}
    facts = tables[CUSTOMERS]
    for spec in FACTS.values():
        facts = _join(facts, spec, spec.build(tables))
    return str(ibis.to_sql(facts, dialect="duckdb"))


def _join(facts: "ibis.Table", spec: FactSpec, group: "ibis.Table") -> "ibis.Table":
    import ibis

    columns = [name for name in group.columns if name != KEY]
    if unknown := set(columns) ^ set(spec.defaults):
        raise ValueError(f"facts {spec.name!r}: columns and defaults differ in {', '.join(sorted(unknown))}")
    joined = facts.left_join(group, KEY).drop(f"{KEY}_right")
    given = {
        name: ibis.coalesce(joined[name], ibis.literal(default, type=joined[name].type()))
        for name, default in spec.defaults.items()
        if default is not None
    }
    return joined.mutate(**given) if given else joined
