"""A refresh copies what changed, and the tables then are what a full one would make them."""

from contextlib import contextmanager

import psycopg
import pytest

from guanxi.warehouse import queries, services, source, store
from guanxi.warehouse.tests.conftest import NOW, run

pytestmark = pytest.mark.usefixtures("shop")


def refresh(**options):
    return services.refresh(now=NOW, **options)


def content(engine="duckdb"):
    """Every table's rows, in order."""
    snapshot = queries.snapshot(engine)
    tables = {}
    for name, table in snapshot.tables.items():
        rows = snapshot.execute(table).to_pylist()
        tables[name] = sorted(tuple(sorted((key, str(value)) for key, value in row.items())) for row in rows)
    return tables


def fact(customer_id):
    table = queries.table("customer_facts")
    wanted = table.filter(table.customer_id == customer_id).select("orders", "revenue", "items", "region")
    rows = queries.execute(wanted).to_pylist()
    return tuple(rows[0].values()) if rows else None


def read(result):
    return {table.name: (table.rows_read, table.full) for table in result.tables}


@contextmanager
def another_session():
    with psycopg.connect(source.address()) as session:
        yield session


def test_an_answer_is_remembered_until_the_next_refresh():
    asked = []

    def total():
        snapshot = queries.snapshot()
        return snapshot.once(
            "total", lambda: asked.append(snapshot.version) or snapshot.scalar(snapshot.tables["orders"].count())
        )

    refresh()
    assert [total(), total()] == [600, 600]
    run("INSERT INTO shop_order SELECT 601, 7, 100")
    refresh()
    assert [total(), total()] == [601, 601]
    assert asked == [1, 2]
    assert queries.snapshot().once("none", lambda: None) is None


def test_the_first_refresh_reads_everything():
    assert services.needs_full()
    assert services.stale()
    result = refresh()
    assert read(result) == {
        "customers": (300, True),
        "orders": (600, True),
        "order_lines": (600, True),
        "customer_facts": (300, True),
        "rfm_thresholds": (1, True),
    }
    assert not services.needs_full()
    assert fact(7) == (2, 200, 4.0, "Zhejiang")
    assert queries.row_counts()["orders"] == 600
    assert queries.freshness() == NOW


def test_nothing_changed_makes_no_new_version():
    first = refresh()
    assert not services.stale()
    second = refresh()
    assert (second.version, second.changed, second.rows_read) == (first.version, False, 0)


def test_a_change_is_read_alone_and_reaches_the_facts():
    refresh()
    run("UPDATE shop_order SET total = 150 WHERE id = 6")
    assert services.stale()
    assert read(refresh()) == {
        "customers": (0, False),
        "orders": (1, False),
        "order_lines": (1, False),
        "customer_facts": (1, False),
        "rfm_thresholds": (1, True),
    }
    assert fact(7) == (2, 250, 4.0, "Zhejiang")
    incremental = content()
    refresh(full=True)
    assert content() == incremental


def test_an_order_that_moves_changes_both_customers():
    refresh()
    run("UPDATE shop_order SET person_id = 8 WHERE id = 6")
    refresh()
    assert (fact(7), fact(8)) == ((1, 100, 2.0, "Zhejiang"), (3, 300, 6.0, "Zhejiang"))
    run("UPDATE shop_order SET person_id = NULL WHERE id = 6")
    refresh()
    assert fact(8) == (2, 200, 4.0, "Zhejiang")


def test_a_new_customer_has_facts_before_any_order():
    refresh()
    run("INSERT INTO shop_person VALUES (301, 'Fujian', 'Invented 301')")
    refresh()
    assert fact(301) == (0, 0, 0.0, "Fujian")


def test_an_order_that_loses_its_lines_loses_them_here():
    refresh()
    run("DELETE FROM shop_line WHERE order_id = 6")
    run("UPDATE shop_order SET total = 90 WHERE id = 6")
    refresh()
    assert queries.row_counts()["order_lines"] == 599
    assert fact(7) == (2, 190, 2.0, "Zhejiang")


def test_many_rounds_end_as_a_full_refresh_would():
    refresh()
    for number in range(1, 21):
        run(
            "UPDATE shop_order SET total = total + %s, person_id = 1 + (id * 7) %% 300 WHERE id %% 97 = %s",
            number,
            number,
        )
        run("INSERT INTO shop_order VALUES (%s, %s, 40)", 1000 + number, number)
        run("INSERT INTO shop_line VALUES (%s, 1, 1), (%s, 2, 1)", 1000 + number, 1000 + number)
        run("UPDATE shop_person SET region = 'Hunan' WHERE id = %s", number)
        refresh()
    incremental = content()
    bases = {name: files.base for name, files in store.load(store.folder()).tables.items()}
    assert "-0000000001-" not in bases["orders"][0], "the delta was merged into a new base on the way"
    refresh(full=True)
    assert content() == incremental


def test_what_is_not_committed_is_read_once_it_is():
    refresh()
    with another_session() as session:
        session.execute("UPDATE shop_order SET total = 500 WHERE id = 6")
        run("UPDATE shop_order SET total = 300 WHERE id = 7")
        assert refresh().rows_read > 0
        assert (fact(7), fact(8)) == ((2, 200, 4.0, "Zhejiang"), (2, 400, 4.0, "Zhejiang"))
        assert not services.stale(), "what was read while the other ran is not read again"
        session.commit()
    assert services.stale()
    assert read(refresh())["orders"] == (1, False)
    assert fact(7) == (2, 600, 4.0, "Zhejiang")


def test_all_tables_are_of_one_moment(monkeypatch):
    refresh()

    def progress(done, total, table):
        if table == "orders":
            run("INSERT INTO shop_order VALUES (9000, 1, 1)")
            run("INSERT INTO shop_line VALUES (9000, 1, 1)")

    refresh(progress=progress)
    assert queries.row_counts()["orders"] == queries.row_counts()["order_lines"] == 600
    refresh()
    assert queries.row_counts()["orders"] == queries.row_counts()["order_lines"] == 601


def test_another_definition_reads_its_table_anew():
    from dataclasses import replace

    from guanxi.warehouse.specs import TABLES

    refresh()
    TABLES["customers"] = replace(
        TABLES["customers"], select="SELECT id AS customer_id, region, 1 AS one, changed_xact FROM shop_person"
    )
    assert read(refresh()) == {
        "customers": (300, True),
        "orders": (0, False),
        "order_lines": (0, False),
        "customer_facts": (300, True),
        "rfm_thresholds": (1, True),
    }
    assert "one" in queries.table("customer_facts").columns


def test_parts_are_read_anew_with_what_they_are_parts_of():
    from dataclasses import replace

    from guanxi.warehouse.specs import TABLES

    refresh()
    TABLES["orders"] = replace(
        TABLES["orders"], select=TABLES["orders"].select.replace("total,", "2 * total AS total,")
    )
    run("DELETE FROM shop_line WHERE order_id = 6")
    run("UPDATE shop_order SET total = 90 WHERE id = 6")
    assert read(refresh())["order_lines"] == (599, True)
    assert fact(7) == (2, 380, 2.0, "Zhejiang")


def test_another_database_is_read_anew(monkeypatch):
    refresh()
    monkeypatch.setattr(source, "IDENTITY", "'a database restored elsewhere'")
    assert services.stale()
    assert read(refresh())["orders"] == (600, True)


def test_marks_from_the_future_are_not_read_again_and_again():
    run("ALTER TABLE shop_order DISABLE TRIGGER shop_order_t")
    run("UPDATE shop_order SET changed_xact = 9000000000")
    refresh()
    assert not services.stale()
    assert refresh().rows_read == 0


@pytest.mark.spark
def test_spark_reads_the_files_too():
    pytest.importorskip("pyspark", reason="the extra spark is not installed")
    run("UPDATE shop_order SET person_id = NULL, total = 3000000000 - id WHERE id % 3 = 0")
    refresh()
    run("UPDATE shop_order SET person_id = NULL WHERE id % 20 = 1")
    refresh()
    assert content("spark") == content("duckdb")


def test_one_process_refreshes_at_a_time():
    with source.open_source(wait=False), pytest.raises(services.RefreshRunning):
        refresh(wait=False)
    refresh(wait=False)


def sessions():
    """PostgreSQL's processes for the connections that refreshes have left."""
    with another_session() as session:
        idle = session.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE %s",
            [f"%pg_advisory_unlock({source.LOCK})%"],
        )
        return {pid for (pid,) in idle}


def test_a_refresh_leaves_its_connection_to_the_next():
    refresh()
    kept = sessions()
    refresh()
    assert sessions() == kept
    assert len(kept) == 1


def test_a_connection_that_the_server_dropped_is_made_anew():
    refresh()
    run("UPDATE shop_order SET total = 150 WHERE id = 6")
    for pid in sessions():
        run("SELECT pg_terminate_backend(%s, 10000)", pid)  # as a restart of PostgreSQL does
    assert read(refresh())["orders"] == (1, False)
    assert fact(7) == (2, 250, 4.0, "Zhejiang")


def test_a_refresh_that_fails_gives_the_right_back():
    with pytest.raises(KeyError), source.open_source(wait=False):
        raise KeyError
    with source.open_source(wait=False):
        pass


def test_a_refresh_that_was_stopped_leaves_nothing_to_the_next():
    refresh()
    run("UPDATE shop_order SET total = 150")

    def stop(done, total, table):
        if table == "orders":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(progress=stop)
    assert read(refresh())["orders"] == (600, False)
    assert fact(7) == (2, 300, 4.0, "Zhejiang")


def test_the_change_mark_is_found_by_its_index():
    run("ANALYZE shop_order; ANALYZE shop_line")
    with another_session() as session:
        snapshot = session.execute("SELECT pg_current_snapshot()::text").fetchone()[0]
        condition = source.changed(snapshot, int(snapshot.split(":")[1]) + 5)
        session.execute("SET enable_seqscan = off")  # the tables are too small for PostgreSQL to bother
        for spec in services.TABLES.values():
            plan = session.execute(f"EXPLAIN SELECT * FROM ({spec.select}) s WHERE {condition}").fetchall()
            assert any("_mark" in line for (line,) in plan), plan
