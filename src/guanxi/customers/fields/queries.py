"""What fields there are, and what they say of customers."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db import connection

from guanxi.core import bulk
from guanxi.core.crypto import keyring
from guanxi.customers import masking
from guanxi.customers.fields.kinds import KINDS
from guanxi.customers.fields.types import Definition, Option, Shown, Value
from guanxi.customers.models import CustomField, FieldValue

SEAL_NAME = "customers_fieldvalue.sealed"
VALUES = """
SELECT v.customer_id, v.field_id, v.text, v.sealed, v.number, v.day, v.flag, v.choice_id
FROM customers_fieldvalue v
WHERE v.customer_id = ANY(%s::bigint[]) AND v.filled AND NOT v.spare
"""


def definitions(*, archived: bool = False) -> list[Definition]:
    """Fields in their order; those put away only when asked for. Two queries, however many there are."""
    rows = CustomField.objects.prefetch_related("choices").order_by("position", "pk")
    return [
        Definition(
            id=row.pk,
            key=row.key,
            label=row.label,
            kind=row.kind,
            help_text=row.help_text,
            personal=row.personal,
            archived=row.archived_at is not None,
            options=tuple(Option(one.pk, one.label, one.dropped_at is not None) for one in row.choices.all()),
        )
        for row in (rows if archived else rows.filter(archived_at=None))
    ]


def values(
    customer_ids: Collection[int], *, fields: Collection[Definition] | None = None
) -> dict[int, dict[str, Shown]]:
    """What the fields in use say of each customer, by key, in the order of the fields; the empty are left out.

    Of customers that were merged: the survivor's own value where there is one, else what was said last.
    ``fields`` saves asking for the definitions where the caller has them.
    """
    wanted = {one.id: one for one in (definitions() if fields is None else fields)}
    if not wanted or not customer_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(VALUES, [bulk.numbers(customer_ids)])
        rows = {(row[0], row[1]): row[2:] for row in cursor.fetchall()}
    found: dict[int, dict[str, Shown]] = {}
    for field_id, field in wanted.items():
        for customer_id in customer_ids:
            if (row := rows.get((customer_id, field_id))) is not None:
                found.setdefault(customer_id, {})[field.key] = _shown(field, *row)
    return found


def _shown(
    field: Definition,
    text: str,
    sealed: bytes,
    number: Decimal | None,
    day: date | None,
    flag: bool | None,
    choice_id: int | None,
) -> Shown:
    kind = KINDS.get(field.kind)
    if field.personal:
        masked = masking.account(keyring().open(sealed, SEAL_NAME))
        value: Value = None
        words = plain = masked
    else:
        columns: dict[str, Value] = {"text": text, "number": number, "day": day, "flag": flag, "choice_id": choice_id}
        value = columns[kind.column]
        words, plain = kind.show(value, field), kind.plain(value, field)
    return Shown(
        field_id=field.id,
        label=field.label,
        kind=field.kind,
        personal=field.personal,
        text=words,
        plain=plain,
        value=value,
    )


def personal_value(customer_id: int, field_id: int) -> str:
    """A personal field in full; only for `customers.services.reveal`, which records it."""
    row = FieldValue.objects.filter(
        customer_id=customer_id, field_id=field_id, field__personal=True, filled=True, spare=False
    ).first()
    return row.sealed if row else ""


def filled_counts() -> dict[int, int]:
    """How many customers have each field filled."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT field_id, count(*) FROM customers_fieldvalue WHERE filled AND NOT spare GROUP BY field_id"
        )
        return dict(cursor.fetchall())


def option_counts(field_id: int) -> dict[int, int]:
    """How many customers have each choice of a field, rows that merges put behind others included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT choice_id, count(*) FROM customers_fieldvalue"
            " WHERE field_id = %s AND choice_id IS NOT NULL GROUP BY choice_id",
            [field_id],
        )
        return dict(cursor.fetchall())
