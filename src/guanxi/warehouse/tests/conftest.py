"""A small shop in PostgreSQL, made without any room's models, with table specs and facts of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from guanxi.warehouse import source
from guanxi.warehouse.specs import FACTS, TABLES, FactSpec, TableSpec

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
SCHEMA = """
CREATE TABLE shop_person (id bigint PRIMARY KEY, region text, name text, changed_xact bigint DEFAULT
  pg_current_xact_id()::text::bigint);
CREATE TABLE shop_order (id bigint PRIMARY KEY, person_id bigint, total bigint, placed_at timestamptz DEFAULT now(),
  changed_xact bigint DEFAULT pg_current_xact_id()::text::bigint);
CREATE TABLE shop_line (order_id bigint, number int, quantity float8);
CREATE INDEX shop_person_mark ON shop_person (changed_xact);
CREATE INDEX shop_order_mark ON shop_order (changed_xact);
CREATE INDEX shop_line_order ON shop_line (order_id);
CREATE TRIGGER shop_person_t BEFORE UPDATE ON shop_person FOR EACH ROW EXECUTE FUNCTION guanxi_mark_change();
CREATE TRIGGER shop_order_t BEFORE UPDATE ON shop_order FOR EACH ROW EXECUTE FUNCTION guanxi_mark_change();
"""
SPECS = [
    TableSpec(
        name="customers",
        select="SELECT id AS customer_id, region, changed_xact FROM shop_person",
        key="customer_id",
        customer_key="customer_id",
    ),
    TableSpec(
        name="orders",
        select="SELECT id AS order_id, person_id AS customer_id, total, placed_at, changed_xact FROM shop_order",
        key="order_id",
        customer_key="customer_id",
    ),
    TableSpec(
        name="order_lines",
        select=(
            "SELECT l.order_id, l.number, l.quantity, o.changed_xact"
            " FROM shop_line l JOIN shop_order o ON o.id = l.order_id"
        ),
        key="order_id",
        part_of="orders",
    ),
]


def sales(tables):
    orders = tables["orders"]
    return orders.group_by("customer_id").agg(
        orders=orders.count(), revenue=orders.total.sum(), last_order_at=orders.placed_at.max()
    )


def items(tables):
    lines = tables["order_lines"].join(tables["orders"], "order_id")
    return lines.group_by("customer_id").agg(items=lines.quantity.sum())


GROUPS = [
    FactSpec("sales", ["orders"], sales, {"orders": 0, "revenue": 0, "last_order_at": None}),
    FactSpec("items", ["order_lines", "orders"], items, {"items": 0.0}),
]


def run(sql: str, *parameters: object) -> None:
    """Execute and commit, in a session of its own: a refresh does not see what Django's test has not committed."""
    with psycopg.connect(source.address(), autocommit=True) as session:
        session.execute(sql, parameters or None)


@pytest.fixture
def shop_tables(django_db_setup: None) -> Iterator[None]:
    run(SCHEMA)
    run("INSERT INTO shop_person SELECT i, 'Zhejiang', 'Invented ' || i FROM generate_series(1, 300) i")
    run("INSERT INTO shop_order SELECT i, 1 + i % 300, 100 FROM generate_series(1, 600) i")
    run("INSERT INTO shop_line SELECT i, 1, 2 FROM generate_series(1, 600) i")
    yield
    run("DROP TABLE shop_person, shop_order, shop_line")


@pytest.fixture
def shop(shop_tables: None, db: None, home: Path) -> Iterator[Path]:
    """Three hundred customers, two orders each, one line an order; nothing in the warehouse yet."""
    kept = dict(TABLES), dict(FACTS)
    TABLES.clear()
    FACTS.clear()
    TABLES.update({spec.name: spec for spec in SPECS})
    FACTS.update({spec.name: spec for spec in GROUPS})
    yield home
    TABLES.clear()
    FACTS.clear()
    TABLES.update(kept[0])
    FACTS.update(kept[1])
