"""Apache Spark over the same Parquet files, through Ibis; the extra ``spark`` brings it, Java 17 runs it."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from guanxi.warehouse.engines.base import Engine, EngineMissing, LazyTables, ViewNames
from guanxi.warehouse.store import Manifest, TableFiles

if TYPE_CHECKING:
    import ibis
    import pyarrow

CONFIG = {
    "spark.app.name": "guanxi",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.adaptive.enabled": "true",
}
LOCAL = {"spark.sql.shuffle.partitions": "2", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}


class Spark(Engine):
    """One session a process. The files must be where every executor can read them by the same path."""

    name = "spark"
    ibis_name = "pyspark"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._backend: ibis.BaseBackend | None = None
        self._views = ViewNames()

    def open(self, store: Path, manifest: Manifest) -> Mapping[str, "ibis.Table"]:
        backend = self._connect()
        prefix = self._views.name(store, manifest)
        for old in self._views.outdated():
            for table in backend.list_tables(like=f"^{old}_"):
                backend.drop_view(table, force=True)
        return _Tables(backend, prefix, store, manifest.tables)

    def execute(self, expression: "ibis.Expr") -> "pyarrow.Table":
        """Ibis would go through pandas here, in which a whole number beside a null loses its last digits."""
        import pyarrow as pa

        table = expression.as_table()
        rows = self._connect().raw_sql(self._connect().compile(table)).toArrow()
        wanted = [
            pa.field(field.name, pa.timestamp("us", "UTC") if pa.types.is_timestamp(field.type) else field.type)
            for field in table.schema().to_pyarrow()
        ]
        return rows.cast(pa.schema([field.with_nullable(True) for field in wanted]))

    def _connect(self) -> "ibis.BaseBackend":
        with self._lock:
            if self._backend is None:
                self._backend = _start()
            return self._backend


def _start() -> "ibis.BaseBackend":
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise EngineMissing("The Spark engine needs the extra: pip install 'guanxi[spark]'") from None
    import ibis

    builder = SparkSession.builder.master(settings.SPARK_MASTER)
    local = LOCAL if settings.SPARK_MASTER.startswith("local") else {}
    for name, value in {**CONFIG, **local, **settings.SPARK_CONFIG}.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:
        raise EngineMissing(f"Spark did not start at {settings.SPARK_MASTER}: {error}") from error
    session.sparkContext.setLogLevel("ERROR")
    return ibis.pyspark.connect(session)


class _Tables(LazyTables):
    def __init__(self, backend: "ibis.BaseBackend", prefix: str, store: Path, files: Mapping[str, TableFiles]) -> None:
        super().__init__(files)
        self._backend = backend
        self._prefix = prefix
        self._store = store

    def make(self, name: str, files: TableFiles) -> "ibis.Table":
        rows = self._read(*files.base)
        if files.delta is not None and files.hidden is not None:
            rows = rows.join(self._read(files.hidden).select(files.key), files.key, "left_anti").unionByName(
                self._read(files.delta)
            )
        view = f"{self._prefix}_{name}"
        rows.createOrReplaceTempView(view)
        return self._backend.table(view)

    def _read(self, *paths: str) -> Any:
        return self._backend._session.read.parquet(*(str(self._store / path) for path in paths))
