"""The tables that a refresh computes: ``customer_facts`` and ``rfm_thresholds``."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from guanxi.warehouse import facts, rfm
from guanxi.warehouse.files import Replacement
from guanxi.warehouse.specs import FACTS, TABLES, FactSpec

if TYPE_CHECKING:
    import ibis

    from guanxi.warehouse.refresh import Build

REBUILD_AT = 0.1
"""When more than this share of the customers was touched, making all facts anew costs no more."""


def customer_facts(build: "Build") -> int:
    """Make the facts of the customers that changed, or of all. Gives the number of customers computed."""
    statement = _compiled(
        tuple((name, build.schema(name)) for name in sorted(facts.tables_read() & set(build.tables))),
        tuple(FACTS.values()),
    )
    digest = sha256(statement.sql.encode()).hexdigest()[:16]
    old = build.previous_files(facts.TABLE, digest)
    touched = _find_touched(build) if old is not None else None
    if old is None or touched is None or touched > REBUILD_AT * old.base_rows:
        return _all_facts(build, statement.sql, digest)
    if touched == 0:
        build.tables[facts.TABLE] = old
        return 0
    _narrow(build, statement.columns)
    build.database.execute("USE build.touched")
    rows = build.stage("work.new_facts", statement.sql)
    build.database.execute("USE build.main")
    # There is one row a customer, so nobody needs to count how many of these had one before.
    replaced = old.rows + rows - build.tables[facts.CUSTOMERS].rows
    build.replace(facts.TABLE, old, Replacement("work.new_facts", "work.touched", rows, replaced, rows < touched))
    return rows


def thresholds(build: "Build") -> int:
    """Compute the cut points again when any customer's facts changed."""
    digest = sha256(rfm.cut_points("").encode()).hexdigest()[:16]
    old = build.previous_files(rfm.TABLE, digest)
    if old is not None and facts.TABLE not in build.changed.keys() | build.reloaded:
        build.tables[rfm.TABLE] = old
        return 0
    has_measures = set(build.schema(facts.TABLE)) >= set(rfm.MEASURES.values())
    source = build.now(facts.TABLE) if has_measures else f"({rfm.NOBODY})"
    build.stage("work.thresholds", rfm.cut_points(source))  # while the facts are being written
    return build.make(rfm.TABLE, "recency_1", "FROM work.thresholds", digest)


def _all_facts(build: "Build", sql: str, digest: str) -> int:
    for name in facts.tables_read():
        build.database.execute(f"CREATE VIEW main.{name} AS FROM {build.now(name)}")
    return build.make(facts.TABLE, facts.KEY, sql, digest)


@lru_cache(maxsize=4)
def _compiled(schemas: tuple[tuple[str, "ibis.Schema"], ...], groups: tuple[FactSpec, ...]) -> facts.Statement:
    """Ibis needs some tenths of a second for this, and the answer is the same until the next release."""
    return facts.statement(dict(schemas))


def _find_touched(build: "Build") -> int | None:
    """Fill ``work.touched`` with the customers whose facts may have changed, those who lost a row included.

    Gives their number; None when they cannot be told: a table was read anew, or one of no customer's changed.
    """
    customers = [f"SELECT NULL::BIGINT AS {facts.KEY}"]
    read = facts.tables_read()
    for name in sorted(read):
        spec = TABLES[name]
        if name in build.reloaded:
            return None
        if name not in build.changed:
            continue
        if spec.customer_key:
            customers.append(f"SELECT owner FROM work.replaced_{name}")
            customers.append(f"SELECT {spec.customer_key} FROM work.incoming_{name}")
        elif spec.part_of not in read or TABLES[spec.part_of].customer_key is None:
            return None  # otherwise what these are parts of names the customers
    everybody = f"SELECT DISTINCT {facts.KEY} FROM ({' UNION ALL '.join(customers)}) WHERE {facts.KEY} IS NOT NULL"
    return build.stage("work.touched", everybody)


def _narrow(build: "Build", columns: Mapping[str, Sequence[str]]) -> None:
    """Make the tables of the facts under ``touched``: touched customers' rows, and the columns that facts read."""
    names = sorted(facts.tables_read(), key=lambda name: TABLES[name].customer_key is None)
    for name in names:
        spec = TABLES[name]
        condition = ""
        if spec.customer_key:
            condition = f" SEMI JOIN work.touched ON {name}.{spec.customer_key} = touched.{facts.KEY}"
        elif spec.part_of in names:
            condition = f" SEMI JOIN touched.{spec.part_of} USING ({spec.key})"
        wanted = ", ".join(f"{name}.{column}" for column in dict.fromkeys([spec.key, *columns[name]]))
        build.database.execute(
            f"CREATE TABLE touched.{name} AS SELECT {wanted} FROM {build.now(name)} AS {name}{condition}"
        )
