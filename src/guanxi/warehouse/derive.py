"""The tables that a refresh computes: ``customer_facts`` and ``rfm_thresholds``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from guanxi.warehouse import facts, rfm
from guanxi.warehouse.engines.duckdb import Layer, stack
from guanxi.warehouse.specs import FACTS, TABLES, FactSpec

if TYPE_CHECKING:
    import ibis

    from guanxi.warehouse.refresh import Build

REBUILD_AT = 0.1
"""When more than this share of the customers was touched, making all facts anew costs no more."""


def customer_facts(build: "Build") -> int:
    """Make the facts of the customers that changed, or of all. Gives the number of customers computed."""
    customers = build.schema(facts.CUSTOMERS).names
    groups = {spec: _group(spec, _schemas(build, spec)) for spec in FACTS.values()}
    whole = facts.statement(customers, list(groups.values()))
    digest = sha256(whole.encode()).hexdigest()[:16]
    old = build.previous_files(facts.TABLE, digest)
    touched = _find_touched(build) if old is not None else None
    if old is None or touched is None or touched > REBUILD_AT * old.base_rows:
        return _all_facts(build, whole, digest)
    if touched == 0:
        build.tables[facts.TABLE] = old
        return 0
    wanted = _stale(build, groups)
    _narrow(build, wanted)
    build.database.execute("USE build.touched")
    rows = build.stage("work.new_facts", facts.statement(customers, wanted))
    build.database.execute("USE build.main")
    gone = "work.touched" if rows < touched else ""
    fresh = {name for group in wanted if facts.TABLE not in group.reads for name in group.defaults}
    build.same_measures = not gone and fresh.isdisjoint(rfm.MEASURES.values())
    build.replace(facts.TABLE, old, Layer("work.new_facts", gone), rows)
    return rows


def thresholds(build: "Build") -> int:
    """Compute the cut points again when any customer's measures may have changed."""
    digest = sha256(rfm.cut_points("").encode()).hexdigest()[:16]
    old = build.previous_files(rfm.TABLE, digest)
    if old is not None and (build.same_measures or facts.TABLE not in build.changed.keys() | build.reloaded):
        build.tables[rfm.TABLE] = old
        return 0
    has_measures = set(build.schema(facts.TABLE)) >= set(rfm.MEASURES.values())
    source = build.now(facts.TABLE, list(rfm.MEASURES.values())) if has_measures else f"({rfm.NOBODY})"
    build.stage("work.thresholds", rfm.cut_points(source))  # while the facts are being written
    return build.make(rfm.TABLE, "recency_1", "FROM work.thresholds", digest)


def _all_facts(build: "Build", sql: str, digest: str) -> int:
    for name in facts.tables_read():
        build.database.execute(f"CREATE VIEW main.{name} AS FROM {build.now(name)}")
    return build.make(facts.TABLE, facts.KEY, sql, digest)


def _schemas(build: "Build", spec: FactSpec) -> "tuple[tuple[str, ibis.Schema], ...]":
    return tuple((name, build.schema(name)) for name in spec.tables if name in build.tables)


@lru_cache(maxsize=64)
def _group(spec: FactSpec, schemas: "tuple[tuple[str, ibis.Schema], ...]") -> facts.Group:
    """Ibis needs some hundredths of a second for this, and the answer is the same until the next release."""
    return facts.group(spec, dict(schemas))


def _stale(build: "Build", groups: Mapping[FactSpec, facts.Group]) -> list[facts.Group]:
    """The groups to make anew, and the others as they were.

    A group stays when no table of it changed: rows come after the customer they name, so a new customer has none in it.
    One that was merged and is no more may have some, though, and no facts from before.
    """
    stale = {spec for spec in groups if not build.changed.keys().isdisjoint(spec.tables)}
    if len(stale) == len(groups) or _some_return(build):
        return list(groups.values())
    columns = {name: default for spec in groups.keys() - stale for name, default in groups[spec].defaults.items()}
    return [*(groups[spec] for spec in groups if spec in stale), facts.kept(columns)]


def _some_return(build: "Build") -> bool:
    """Whether a customer changed that was merged into another, so that it may have facts again."""
    if facts.CUSTOMERS not in build.changed or facts.MERGED not in build.schema(facts.CUSTOMERS).names:
        return False
    merged = build.before(facts.CUSTOMERS, [facts.KEY], f" WHERE {facts.MERGED} IS NOT NULL")
    changed = f"{build.changed[facts.CUSTOMERS].rows} USING ({facts.KEY})"
    return bool(build.one(f"SELECT EXISTS (FROM {merged} SEMI JOIN {changed})"))


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
            incoming = build.changed[name].rows
            customers.append(f"SELECT {spec.customer_key} FROM {incoming}")
            if spec.customer_key != spec.key:
                replaced = build.before(
                    name, [spec.customer_key], f" WHERE {spec.key} IN (SELECT {spec.key} FROM {incoming})"
                )
                customers.append(f"SELECT {spec.customer_key} FROM {replaced}")
        elif spec.part_of not in read or TABLES[spec.part_of].customer_key is None:
            return None  # otherwise what these are parts of names the customers
    everybody = f"SELECT DISTINCT {facts.KEY} FROM ({' UNION ALL '.join(customers)}) WHERE {facts.KEY} IS NOT NULL"
    return build.stage("work.touched", everybody)


def _narrow(build: "Build", groups: Sequence[facts.Group]) -> None:
    """Make the tables of the facts under ``touched``: touched customers' rows, and the columns that facts read.

    What is known of a customer who did not change is in the old facts, and who has none of them will have none. What is
    read once need not be kept.
    """
    people = list(build.schema(facts.CUSTOMERS).names)
    columns: dict[str, list[str]] = {facts.TABLE: [name for name in people if name != facts.MERGED]}
    for group in groups:
        for name, names in group.reads.items():
            columns[name] = list(dict.fromkeys([*columns.get(name, ()), *names]))
    columns.pop(facts.CUSTOMERS, None)
    readers = Counter(name for group in groups for name in group.reads)
    readers.update(TABLES[name].part_of or "" for name in columns if name in TABLES)
    readers[facts.TABLE] += 1  # by the customers below
    owned = {name: spec.customer_key for name in columns if (spec := TABLES.get(name))}
    touched = f"IN (SELECT {facts.KEY} FROM work.touched)"
    for name in sorted(columns, key=lambda name: name in owned and owned[name] is None):
        wanted = columns[name]
        if name == facts.TABLE:
            rows = build.before(name, wanted, f" WHERE {facts.KEY} {touched}")
        elif owned[name]:
            rows = build.now(name, wanted, f" WHERE {owned[name]} {touched}")
        elif (whole := TABLES[name].part_of) in columns:
            key = TABLES[name].key
            rows = build.now(name, wanted, f" WHERE {key} IN (SELECT {key} FROM touched.{whole})")
        else:
            rows = build.now(name, wanted)
        build.database.execute(f"CREATE {'TABLE' if readers[name] > 1 else 'VIEW'} touched.{name} AS FROM {rows}")
    merged = f", NULL AS {facts.MERGED}" if facts.MERGED in people else ""
    unchanged = Layer(f"(SELECT *{merged} FROM touched.{facts.TABLE})")
    changed = [build.changed[facts.CUSTOMERS]] if facts.CUSTOMERS in build.changed else []
    build.database.execute(f"CREATE VIEW touched.{facts.CUSTOMERS} AS {stack(facts.KEY, unchanged, *changed)}")
