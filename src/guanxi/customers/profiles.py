"""Customer rows: made and updated in sets. The newest source wins field by field; empty never overwrites."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import connection

from guanxi.core import bulk, events
from guanxi.core.crypto import keyring
from guanxi.customers.candidates import Candidate
from guanxi.customers.models import Customer
from guanxi.customers.names import name_tokens

SEALED = ("name", "phone", "email", "address", "birth_date")
PLAIN = ("gender", "country", "region", "city", "division", "language")
FIELDS = SEALED + PLAIN
SEAL_NAMES = {field: f"customers_customer.{field}" for field in SEALED}
WRITTEN = (
    f"id, {', '.join(FIELDS)}, name_tokens, birth_year, birth_month, has_email, has_phone, profile_seen_at, updated_at"
)
CREATED = f"{WRITTEN}, source, first_shop_id, created_at"
Values = dict[str, str]

_seen_at = attrgetter("seen_at")


def create(candidates: Mapping[int, Sequence[Candidate]], *, shop_id: int | None, source: str, now: datetime) -> None:
    """New customers by number, with what their profiles say, and the event of each."""
    if not candidates:
        return
    end = f"\t{bulk.text(source, 60)}\t{shop_id or bulk.NULL}\t{now.isoformat()}"
    lines = (_first_line(customer, seen, now) + end for customer, seen in candidates.items())
    bulk.copy_lines("customers_customer", CREATED, lines)
    events.publish_select(
        "SELECT 'customer.created', id, id, created_at, created_at,"
        " jsonb_build_object('source', source, 'shop_id', first_shop_id)"
        " FROM customers_customer WHERE id = ANY(%s::bigint[])",
        [bulk.numbers(candidates)],
    )


def _first_line(customer: int, seen: Sequence[Candidate], now: datetime) -> str:
    values: Values = dict.fromkeys(FIELDS, "")
    newest = _fold(values, None, seen)
    return _line(customer, values, newest, now)


def update(
    candidates: Mapping[int, Sequence[Candidate]], *, now: datetime, table: str = "customers_customer"
) -> set[int]:
    """Bring existing customers up to date. Returns those that are still there; the erased are left alone.

    ``table`` may be that of the own profiles of merged customers, which has the same columns.
    """
    if not candidates:
        return set()
    alive: set[int] = set()
    moved: dict[int, datetime] = {}
    lines: list[str] = []
    for customer, seen_before, row in _stored(list(candidates), table):
        alive.add(customer)
        changes: Values = {}
        newest = _fold_onto(row, changes, seen_before, candidates[customer])
        if changes:
            values = {field: changes.get(field) or _opened(row, field) for field in FIELDS}
            lines.append(_line(customer, values, newest, now))
        elif newest != seen_before:
            moved[customer] = newest
    _update_from(lines, table)
    _move(moved, table)
    return alive


def _stored(customers: list[int], table: str) -> list[tuple[int, datetime | None, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, profile_seen_at::text, {', '.join(FIELDS)} FROM {table} WHERE id = ANY(%s::bigint[])"
            + (" AND erased_at IS NULL" if table == "customers_customer" else ""),
            [bulk.numbers(customers)],
        )
        # As text, because times repeat, and the driver takes five microseconds to make one.
        return [
            (number, bulk.from_moment(seen) if seen else None, dict(zip(FIELDS, values, strict=True)))
            for number, seen, *values in cursor.fetchall()
        ]


def _fold(values: Values, newest: datetime | None, seen: Sequence[Candidate]) -> datetime | None:
    """Lay profiles over values, oldest first."""
    for one in sorted(seen, key=_seen_at) if len(seen) > 1 else seen:
        newer = newest is None or one.seen_at >= newest
        for field in FIELDS:
            said = getattr(one, field)
            if said and (newer or not values[field]):
                values[field] = said
        if newer:
            newest = one.seen_at
    return newest


def _fold_onto(row: dict[str, Any], changes: Values, newest: datetime | None, seen: Sequence[Candidate]) -> Any:
    """Like _fold, over a stored row whose sealed fields are opened only where something newer is said."""
    for one in sorted(seen, key=_seen_at) if len(seen) > 1 else seen:
        newer = newest is None or one.seen_at >= newest
        for field in FIELDS:
            said = getattr(one, field)
            if said and (newer or not (row[field] or field in changes)):
                changes[field] = said
        if newer:
            newest = one.seen_at
    for field in [field for field, value in changes.items() if value == _opened(row, field)]:
        del changes[field]
    return newest


def _opened(row: dict[str, Any], field: str) -> str:
    if field in SEAL_NAMES:
        return keyring().open(row[field], SEAL_NAMES[field])
    return str(row[field])


def _line(customer: int, values: Values, newest: datetime | None, now: datetime) -> str:
    ring = keyring()
    sealed = "\t".join([bulk.binary(ring.seal(values[field], SEAL_NAMES[field])) for field in SEALED])
    plain = "\t".join([bulk.text(values[field], 60) for field in PLAIN])
    tokens = ",".join(map(str, name_tokens(values["name"]))) if values["name"] else ""
    born = values["birth_date"]
    year, month = (int(born[:4]), int(born[5:7])) if born else (bulk.NULL, bulk.NULL)
    return (
        f"{customer}\t{sealed}\t{plain}\t{{{tokens}}}\t{year}\t{month}"
        f"\t{bool(values['email'])}\t{bool(values['phone'])}\t{bulk.moment(newest)}\t{bulk.moment(now)}"
    )


def _update_from(lines: list[str], table: str) -> None:
    if not lines:
        return
    names = [name.strip() for name in WRITTEN.split(",")]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS staged_customer ON COMMIT DELETE ROWS AS"
            f" SELECT {WRITTEN} FROM customers_customer WITH NO DATA"
        )
        bulk.copy_lines("staged_customer", WRITTEN, lines)
        cursor.execute(
            f"UPDATE {table} c SET {', '.join(f'{name} = s.{name}' for name in names[1:])}"
            " FROM staged_customer s WHERE c.id = s.id"
        )
        cursor.execute("TRUNCATE staged_customer")


def _move(moved: dict[int, datetime], table: str) -> None:
    """Only newer, nothing else: one update in place, which marks no change."""
    if moved:
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} c SET profile_seen_at = s.seen_at"
                " FROM unnest(%s::bigint[], %s::timestamptz[]) s (id, seen_at) WHERE c.id = s.id",
                [bulk.numbers(moved), bulk.texts(map(bulk.moment, moved.values()))],
            )


def write(customer: Customer, *, now: datetime) -> None:
    """Save a customer edited by a person, with what is derived from its personal fields."""
    customer.name_tokens = name_tokens(customer.name)
    customer.has_email, customer.has_phone = bool(customer.email), bool(customer.phone)
    born = customer.birth_date
    customer.birth_year, customer.birth_month = (int(born[:4]), int(born[5:7])) if born else (None, None)
    customer.updated_at = now
    customer.profile_seen_at = max(now, customer.profile_seen_at or now)
    customer.save()
