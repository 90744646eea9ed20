"""Marks the rows that changed, so that the warehouse copies only those.

A table whose model has ``changed_xact = ChangeMark()`` and whose migration runs ``track_changes("its_table")`` carries
the number of the last transaction that wrote each row. Numbers below ``pg_snapshot_xmin`` are final.
"""

from typing import Any

from django.db import migrations, models

from guanxi.core.models.events import CurrentTransaction

FUNCTION = """
CREATE OR REPLACE FUNCTION guanxi_mark_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_xact := pg_current_xact_id()::text::bigint;
  RETURN NEW;
END $$;
"""


class ChangeMark(models.BigIntegerField):
    """Number of the transaction that last wrote the row; kept by the database."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"db_default": CurrentTransaction(), "editable": False, "db_index": True, **options})


def track_changes(*tables: str) -> list[migrations.RunSQL]:
    """Migration operations that keep ``changed_xact`` true on every UPDATE of these tables."""
    return [
        migrations.RunSQL(
            f"CREATE TRIGGER {table}_mark_change BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION guanxi_mark_change();",
            f"DROP TRIGGER {table}_mark_change ON {table};",
        )
        for table in tables
    ]
