"""The tables that a refresh computes: ``customer_facts`` and ``rfm_thresholds``."""

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from guanxi.warehouse import facts, rfm
from guanxi.warehouse.files import Replacement
from guanxi.warehouse.specs import FACTS, TABLES, FactSpec, TableSpec
from guanxi.warehouse.store import TableFiles

if TYPE_CHECKING:
    import ibis

    from guanxi.warehouse.refresh import Build

REBUILD_AT = 0.1
"""When more than this share of the customers was touched, making all facts anew costs no more."""


def customer_facts(build: "Build") -> int:
    """Make the facts of the customers that changed, or of all. Gives the number of customers computed."""
    sql, digest = _statement(build)
    old = build.previous_files(facts.TABLE, digest)
    if old is None or not _find_touched(build):
        return _all_facts(build, sql, digest)
    touched = build.one("SELECT count(*) FROM work.touched")
    if touched == 0:
        build.keep(facts.TABLE, old)
        return 0
    if touched > REBUILD_AT * old.base_rows:
        return _all_facts(build, sql, digest)
    _narrow(build, sql)
    build.database.execute("USE build.touched")
    rows = build.stage("work.new_facts", sql)
    build.database.execute("USE build.main")
    build.view_before(facts.TABLE, old)
    replaced = build.one(f"SELECT count(*) FROM before.{facts.TABLE} SEMI JOIN work.touched USING ({facts.KEY})")
    new = Replacement("work.new_facts", "work.touched", rows, replaced, rows < touched)
    build.changed.add(facts.TABLE)
    build.keep(facts.TABLE, build.replace(facts.TABLE, old, new))
    return rows


def thresholds(build: "Build") -> int:
    """Compute the cut points again when any customer's facts changed."""
    digest = sha256(rfm.cut_points("").encode()).hexdigest()[:16]
    old = build.previous_files(rfm.TABLE, digest)
    if old is not None and facts.TABLE not in build.changed | build.reloaded:
        build.keep(rfm.TABLE, old)
        return 0
    source = (
        f"main.{facts.TABLE}" if set(build.columns(facts.TABLE)) >= set(rfm.MEASURES.values()) else f"({rfm.NOBODY})"
    )
    path, rows = build.writer.copy(rfm.TABLE, "base-0", rfm.cut_points(source))
    build.reloaded.add(rfm.TABLE)
    build.keep(rfm.TABLE, TableFiles("recency_1", (path,), base_rows=rows, rows=rows, digest=digest))
    return rows


def _all_facts(build: "Build", sql: str, digest: str) -> int:
    path, rows = build.writer.copy(facts.TABLE, "base-0", sql)
    build.reloaded.add(facts.TABLE)
    build.keep(facts.TABLE, TableFiles(facts.KEY, (path,), base_rows=rows, rows=rows, digest=digest))
    return rows


def _statement(build: "Build") -> tuple[str, str]:
    """SQL of the facts and its digest: another definition, or other columns, give another."""
    import ibis
    import pyarrow.parquet as pq

    schemas = tuple(
        (name, ibis.Schema.from_pyarrow(pq.read_schema(build.place / build.tables[name].base[0])))
        for name in sorted(facts.tables_read() & set(build.tables))
    )
    sql = _compiled(schemas, tuple(FACTS.values()))
    return sql, sha256(sql.encode()).hexdigest()[:16]


@lru_cache(maxsize=4)
def _compiled(schemas: tuple[tuple[str, "ibis.Schema"], ...], groups: tuple[FactSpec, ...]) -> str:
    """Ibis needs some tenths of a second for this, and the answer is the same until the next release."""
    return facts.statement(dict(schemas))


def _owner(spec: TableSpec) -> TableSpec | None:
    """The table that says whose rows with the same key these are: ``orders`` for ``order_lines``."""
    return next((other for other in TABLES.values() if other.key == spec.key and other.customer_key), None)


def _find_touched(build: "Build") -> bool:
    """Fill ``work.touched`` with the customers whose facts may have changed, those who lost a row included.

    Gives False when that cannot be told: a table was read anew, or one that belongs to no customer changed.
    """
    build.database.execute(f"CREATE TABLE work.touched ({facts.KEY} BIGINT PRIMARY KEY)")
    for name in sorted(facts.tables_read()):
        spec = TABLES[name]
        if name in build.reloaded:
            return False
        if name not in build.changed:
            continue
        if spec.customer_key:
            _touch(build, f"SELECT owner FROM work.replaced_{name}")
            _touch(build, f"SELECT {spec.customer_key} FROM work.incoming_{name}")
        elif (owner := _owner(spec)) is None:
            return False
        elif not _same_keys(build, spec, owner):
            _touch(
                build,
                f"SELECT {owner.customer_key} FROM main.{owner.name} SEMI JOIN work.keys_{name} USING ({spec.key})",
            )
    return True


def _same_keys(build: "Build", spec: TableSpec, owner: TableSpec) -> bool:
    """Whether the owner's own changes already name every changed key of this table."""
    if owner.name not in build.changed:
        return False
    others = f"SELECT count(*) FROM work.keys_{spec.name} ANTI JOIN work.keys_{owner.name} USING ({spec.key})"
    return build.one(others) == 0


def _touch(build: "Build", customers: str) -> None:
    build.database.execute(
        f"INSERT OR IGNORE INTO work.touched SELECT DISTINCT id FROM ({customers}) AS c(id) WHERE id IS NOT NULL"
    )


def _narrow(build: "Build", sql: str) -> None:
    """Make the tables of the facts under ``touched``: touched customers' rows, and the columns that ``sql`` names.

    A column can only matter unnamed where the statement copies ``customers`` as it is.
    """
    names = sorted(facts.tables_read(), key=lambda name: TABLES[name].customer_key is None)
    for name in names:
        spec = TABLES[name]
        owner = _owner(spec)
        condition = ""
        if spec.customer_key:
            condition = f" SEMI JOIN work.touched ON {name}.{spec.customer_key} = touched.{facts.KEY}"
        elif owner is not None and owner.name in names:
            condition = f" SEMI JOIN touched.{owner.name} USING ({spec.key})"
        columns = [column for column in build.columns(name) if name == facts.CUSTOMERS or f'"{column}"' in sql]
        wanted = ", ".join(f"{name}.{column}" for column in dict.fromkeys([spec.key, *columns]))
        build.database.execute(f"CREATE TABLE touched.{name} AS SELECT {wanted} FROM main.{name}{condition}")
