"""Questions in SQL to the newest snapshot, for analysts; reads only."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from guanxi.warehouse import store
from guanxi.warehouse.engines.duckdb import connect, quote, select

if TYPE_CHECKING:
    import pyarrow


class BadQuery(Exception):
    """The SQL cannot be answered; the message says why."""


def query(sql: str) -> "pyarrow.Table":
    """The answer to one SELECT over tables named as in the warehouse, in DuckDB's dialect, times in UTC.

    It can read the warehouse's files and nothing else. Raises BadQuery, and NoSnapshot while the warehouse is empty.
    """
    import duckdb

    place = store.folder()
    manifest = store.load(place)
    with connect() as database:
        for name, files in manifest.tables.items():
            database.execute(f'CREATE VIEW "{name}" AS {select(place, files)}')
        database.execute(f"SET allowed_directories = [{quote(str(place / 'tables'))}]")
        database.execute("SET enable_external_access = false; SET lock_configuration = true")
        try:
            statements = duckdb.extract_statements(sql)
            if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                raise BadQuery(_("Ask one question that begins with SELECT, FROM or WITH."))
            return database.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise BadQuery(str(error)) from error
