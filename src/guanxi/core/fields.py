"""Model fields of the house."""

from typing import Any

from django.db import models

from guanxi.core.crypto import keyring


class SealedField(models.BinaryField):
    """Text that is encrypted in the database and plain on the instance. Bound to its model and field name, or to
    ``sealed_as``, the name of another field with which it exchanges values as they are."""

    _pyi_private_set_type: str
    _pyi_private_get_type: str  # type: ignore[assignment]

    def __init__(self, *, sealed_as: str = "", **options: Any) -> None:
        super().__init__(**{"default": b"", "editable": True, **options})
        self.sealed_as = sealed_as

    @property
    def seal_name(self) -> str:
        return self.sealed_as or f"{self.model._meta.db_table}.{self.name}"

    def deconstruct(self) -> Any:
        name, path, arguments, options = super().deconstruct()
        return name, path, arguments, options | ({"sealed_as": self.sealed_as} if self.sealed_as else {})

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = keyring().seal(value, self.seal_name)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else keyring().open(value, self.seal_name)

    def get_default(self) -> str:
        return ""
