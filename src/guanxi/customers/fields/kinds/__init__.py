"""Kinds of custom fields (see base.py)."""

from guanxi.core.registry import Registry
from guanxi.customers.fields.kinds.base import FieldKind

KINDS: Registry[FieldKind] = Registry(
    "kind of field",
    {
        "text": "guanxi.customers.fields.kinds.text.Text",
        "number": "guanxi.customers.fields.kinds.number.Number",
        "date": "guanxi.customers.fields.kinds.day.Day",
        "choice": "guanxi.customers.fields.kinds.choice.Choice",
        "flag": "guanxi.customers.fields.kinds.flag.Flag",
    },
)
