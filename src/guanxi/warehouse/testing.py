"""Warehouses for tests, made of plain rows, without PostgreSQL.

    with given({"orders": [{"order_id": 1, "customer_id": 7, "total": 900}]}, engine="spark") as snapshot:
        assert queries.scalar(snapshot.tables["orders"].count()) == 1

Every table of the contract is there, empty when not given; columns left out have the value of nothing: "", 0 for
counts, false, null for the rest. ``customer_facts`` is what the rooms' FactSpecs make of the tables, unless given.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.test import override_settings

from guanxi.warehouse import facts, queries, rfm, store
from guanxi.warehouse.engines.duckdb import connect, quote, select
from guanxi.warehouse.queries import Snapshot
from guanxi.warehouse.specs import FACTS
from guanxi.warehouse.store import Manifest, TableFiles

if TYPE_CHECKING:
    import duckdb
    import ibis
    import pyarrow

Rows = Sequence[Mapping[str, Any]]

CUSTOMER_COLUMNS = (
    "customer_id:id gender:text birth_year:int birth_month:int country:text region:text city:text division:text"
    " language:text"
    " source:text first_shop_id:id has_email:flag has_phone:flag owner_id:id created_at:time erased:flag"
    " party:text roles:text"
)
VALUE_COLUMNS = (
    "p_alive:float expected_orders_30:float expected_orders_90:float expected_orders_365:float lifetime_value:int"
    " lifetime_value_low:int lifetime_value_high:int churn_risk:float next_order_at:time"
)
DUE_COLUMNS = "due_at:time due_from:time due_until:time due_product_id:id due_product_at:time"
CONTRACT = {
    "customers": f"{CUSTOMER_COLUMNS} merged_into:id",
    "customer_tags": "customer_tag_id:id customer_id:id tag_id:id tag:text added_at:time removed:flag",
    "field_values": (
        "value_id:id customer_id:id field_id:id filled:flag spare:flag text:text number:float day:day flag:maybe"
        " choice_id:id"
    ),
    "consents": "consent_id:id customer_id:id channel:text purpose:text granted:flag at:time",
    "people_batches": "batch_id:id name:text occasion:text occurred_on:date",
    "batch_members": "batch_member_id:id batch_id:id customer_id:id created:flag at:time",
    "shops": "shop_id:id name:text connector:text currency:text",
    "products": "product_id:id shop_id:id key:text title:text sku:text category:text",
    "orders": (
        "order_id:id shop_id:id customer_id:id external_id:text kind:text status:text counted:flag currency:text"
        " total:count refunded_total:count discount_total:count value:int refunded_value:int net_value:int"
        " placed_at:time paid_at:time completed_at:time cancelled_at:time region:text country:text discounted:flag"
        " import_id:id lines:count milli_pieces:count"
    ),
    "order_lines": "order_id:id number:int product_id:id quantity:float unit_price:count total:count value:int",
    "refunds": "order_id:id number:int amount:count value:int refunded_at:time reason:text",
    "shipments": "order_id:id number:int carrier:text shipped_at:time delivered_at:time",
    "messages": (
        "message_id:id customer_id:id channel:text purpose:text source_kind:text source_id:id variant_id:id state:text"
        " sent_at:time opened_at:time clicked_at:time bounced_at:time unsubscribed_at:time"
    ),
    "visitors": (
        "visitor_id:id customer_id:id site_id:id source:text medium:text first_seen_at:time last_seen_at:time"
        " visits:count pages:count products:count searches:count carts:count orders:count forms:count heat:quantity"
        " device:text"
    ),
    "campaign_members": (
        "member_id:id campaign_id:id customer_id:id arm:id excluded:text assigned_at:time window_ends_at:time"
    ),
    "coupons_issued": ("issued_id:id coupon_id:id customer_id:id issued_at:time expires_at:time used:flag void:flag"),
    "coupon_redemptions": (
        "redemption_id:id coupon_id:id customer_id:id shop_id:id order_number:text uses:int discount:count"
        " currency:text at:time"
    ),
    "segment_members": "membership_id:id segment_id:id customer_id:id entered_at:time left_at:time",
    "points_lots": (
        "lot_id:id programme_id:id customer_id:id kind:text order_id:id points:count remaining:count held:count"
        " earned_at:time valid_from:time expires_at:time"
    ),
    "events": "event_id:id xact:int kind:text customer_id:id subject_id:id occurred_at:time",
    "tiers": "tier_id:id programme_id:id name:text rank:int in_use:flag",
    "tier_programmes": "programme_id:id name:text shop_id:id in_use:flag",
    "tier_members": (
        "member_id:id programme_id:id shop_id:id customer_id:id tier_id:id tier:text tier_rank:int since:time"
        " spare:flag"
    ),
    "customer_values": "customer_id:id " + VALUE_COLUMNS,
    "next_products": "customer_id:id rank:int product_id:id score:float reason:text reason_product_id:id",
    "next_orders": "customer_id:id " + DUE_COLUMNS,
    "category_chances": "customer_id:id category:text chance:float tenth:int",
    "customer_facts": (
        f"{CUSTOMER_COLUMNS} orders:count revenue:count gross_revenue:count refunded_value:count average_order:float"
        " first_order_at:time last_order_at:time shops:count items:quantity discounted_orders:count"
        " refunded_orders:count unpaid_orders:count cancelled_orders:count largest_order:count"
        " consent_email_marketing:consent consent_sms_marketing:consent messages_sent:count messages_opened:count"
        " messages_clicked:count last_message_at:time tier:text tier_rank:count tier_since:time points:count"
        " points_expire_at:time points_expiring:count coupons_given:count coupons_held:count coupons_redeemed:count"
        " site_visits:count site_products:count site_carts:count"
        f" site_heat:quantity first_visit_at:time last_visit_at:time {DUE_COLUMNS} {VALUE_COLUMNS}"
    ),
}
"""Columns of the tables that rooms export; the first is the key. A test holds the real tables against it."""

DEFAULTS = {"text": "", "count": 0, "flag": False, "quantity": 0.0, "consent": "unknown"}


def columns(table: str) -> list[str]:
    """Names of the columns a table of the contract has."""
    return [column.split(":")[0] for column in CONTRACT[table].split()]


@contextmanager
def given(tables: Mapping[str, Rows], *, engine: str = "duckdb", now: datetime | None = None) -> Iterator[Snapshot]:
    """A warehouse with these rows, which ``warehouse.queries`` answers from until the end of the block.

    The rows with the last key of each table lie in a delta over a stale base, as after a refresh.
    """
    with tempfile.TemporaryDirectory() as home, override_settings(GUANXI_HOME=Path(home), WAREHOUSE_ENGINE=engine):
        place = store.folder()
        with connect() as database:
            files = {
                name: _table(database, place, name, _arrow(name, tables.get(name, [])))
                for name in [*CONTRACT, *(name for name in tables if name not in CONTRACT)]
                if name != facts.TABLE or name in tables
            }
            if facts.TABLE not in files:
                files[facts.TABLE] = _facts(database, place)
            files[rfm.TABLE] = _thresholds(database, place)
        store.swap(place, Manifest(1, now or datetime.now(UTC), "test", "1:1:", files))
        yield queries.snapshot()


def _arrow(name: str, rows: Rows) -> "pyarrow.Table":
    import pyarrow as pa

    if name not in CONTRACT:
        return pa.Table.from_pylist([dict(row) for row in rows])
    kinds = dict(column.split(":") for column in CONTRACT[name].split())
    types = {
        "text": pa.string(),
        "consent": pa.string(),
        "flag": pa.bool_(),
        "maybe": pa.bool_(),
        "day": pa.date32(),
        "float": pa.float64(),
        "quantity": pa.float64(),
        "time": pa.timestamp("us", "UTC"),
        "date": pa.date32(),
    }
    if unknown := {column for row in rows for column in row} - set(kinds):
        raise ValueError(f"the table {name} has no columns {', '.join(sorted(unknown))}")
    filled = [{column: row.get(column, DEFAULTS.get(kind)) for column, kind in kinds.items()} for row in rows]
    schema = pa.schema([(column, types.get(kind, pa.int64())) for column, kind in kinds.items()])
    return pa.Table.from_pylist(filled, schema=schema)


def _table(database: "duckdb.DuckDBPyConnection", place: Path, name: str, rows: "pyarrow.Table") -> TableFiles:
    key = rows.column_names[0] if rows.column_names else ""
    database.register("given_rows", rows)
    base = _copy(database, place, name, "base", "FROM given_rows")
    files = TableFiles(key=key, base=(base,), base_rows=rows.num_rows)
    if rows.num_rows > 1:
        last = f"SELECT max({key}) AS {key} FROM given_rows"
        stale = _copy(
            database, place, name, "base", f"FROM given_rows UNION ALL FROM given_rows WHERE {key} = ({last})"
        )
        delta = _copy(database, place, name, "delta", f"FROM given_rows WHERE {key} = ({last})")
        hidden = _copy(database, place, name, "keys", last)
        files = replace(files, base=(stale,), delta=delta, keys=hidden)
    database.unregister("given_rows")
    database.execute(f"CREATE OR REPLACE VIEW {name} AS {select(place, files)}")
    return files


def _facts(database: "duckdb.DuckDBPyConnection", place: Path) -> TableFiles:
    schemas = {name: _schema(database, name) for name in facts.tables_read()}
    groups = [facts.group(spec, schemas) for spec in FACTS.values()]
    sql = facts.statement(schemas[facts.CUSTOMERS].names, groups)
    return _table(database, place, facts.TABLE, database.sql(sql).to_arrow_table())


def _thresholds(database: "duckdb.DuckDBPyConnection", place: Path) -> TableFiles:
    names = _schema(database, facts.TABLE).names
    wanted = all(column in names for column in rfm.MEASURES.values())
    sql = rfm.cut_points(facts.TABLE if wanted else f"({rfm.NOBODY})")
    return TableFiles("recency_1", (_copy(database, place, rfm.TABLE, "base", sql),), base_rows=1)


def _schema(database: "duckdb.DuckDBPyConnection", table: str) -> "ibis.Schema":
    import ibis

    return ibis.duckdb.from_connection(database.cursor()).table(table).schema()


def _copy(database: "duckdb.DuckDBPyConnection", place: Path, table: str, part: str, sql: str) -> str:
    path = f"tables/{table}-{part}.parquet"
    (place / path).parent.mkdir(parents=True, exist_ok=True)
    database.execute(f"COPY ({sql}) TO {quote(str(place / path))} (FORMAT parquet)")
    return path
