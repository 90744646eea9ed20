"""What a kind of custom field is: how its values are read, kept, shown and asked for.

To add one: subclass FieldKind, add its dotted path to the dict in this folder's ``__init__.py``, and a column to the
table of values where none of those there holds it.
"""

from typing import ClassVar

from django import forms
from django.utils.functional import Promise

from guanxi.customers.fields.types import Definition, Value


class BadValue(ValueError):
    """The text is no value of this kind; the message is for people."""


class FieldKind:
    """Base of all kinds. Instances hold nothing."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    column: ClassVar[str]
    """The column of ``FieldValue``, and of the warehouse's ``field_values``, that holds the values."""
    may_be_personal: ClassVar[bool] = False

    def parse(self, text: str, field: Definition) -> Value:
        """The value that people, files or calls wrote; ``text`` is not blank. Raises BadValue."""
        raise NotImplementedError

    def plain(self, value: Value, field: Definition) -> str:
        """As `parse` reads it, the same in every language."""
        return str(value)

    def show(self, value: Value, field: Definition) -> str:
        """For people, in their language."""
        return self.plain(value, field)

    def form_field(self, field: Definition) -> forms.Field:
        """The input; what it gives goes to `parse`."""
        return forms.CharField(max_length=60)
