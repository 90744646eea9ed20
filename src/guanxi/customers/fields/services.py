"""Writing what customers' fields say. Making and changing the fields themselves is in `defining`."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core.crypto import keyring
from guanxi.customers.fields import queries, writing
from guanxi.customers.fields.defining import (
    BadDefinition,
    ChoicesInUse,
    archive,
    bring_back,
    change,
    define,
    move,
)
from guanxi.customers.fields.kinds import KINDS
from guanxi.customers.fields.kinds.base import BadValue
from guanxi.customers.fields.types import Definition, Refused
from guanxi.customers.models import Customer

__all__ = [
    "BadDefinition",
    "ChoicesInUse",
    "archive",
    "bring_back",
    "change",
    "define",
    "move",
    "read",
    "write",
]


def write(values: Mapping[int, Mapping[str, str]], *, source: str, now: datetime) -> list[Refused]:
    """Set fields of customers: by customer, by the field's key, as people write it; empty text empties.

    What is acceptable is written, in a few statements however much it is, and the rest comes back: unknown keys,
    customers who are not there or erased, texts that are no value of the field. ``now`` is when it was said; a value
    said later stays. Of a customer that was merged it is the own value, which comes along when the merge is undone.
    """
    fields = {one.key: one for one in queries.definitions()}
    there = set(Customer.objects.filter(pk__in=list(values), erased_at=None).values_list("pk", flat=True))
    lines: list[writing.Line] = []
    refused: list[Refused] = []
    for customer_id, said in values.items():
        if customer_id not in there:
            refused += [Refused(customer_id, key, _("There is no such customer.")) for key in said]
            continue
        for key, text in said.items():
            line = read(fields, key, text, customer_id=customer_id)
            (refused if isinstance(line, Refused) else lines).append(line)  # type: ignore[arg-type]
    with transaction.atomic():
        writing.put(lines, source=source, now=now)
    return refused


def read(fields: Mapping[str, Definition], key: str, text: str, *, customer_id: int = 0) -> writing.Line | Refused:
    """One text as the table holds it, or why it cannot be held; for telling before anything is written."""
    field = fields.get(key)
    if field is None:
        return Refused(customer_id, key, _("There is no field called %(key)s.") % {"key": key[:60]})
    if not text.strip():
        return writing.Line(customer_id, field.id)
    kind = KINDS.get(field.kind)
    try:
        value = kind.parse(text, field)
    except BadValue as error:
        return Refused(customer_id, key, str(error))
    if field.personal:
        sealed = keyring().seal(kind.plain(value, field), queries.SEAL_NAME)
        return writing.Line(customer_id, field.id, filled=True, sealed=sealed)
    return writing.Line(customer_id, field.id, filled=True, **{kind.column: value})  # type: ignore[arg-type]
