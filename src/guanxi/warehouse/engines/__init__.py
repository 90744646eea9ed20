"""What computes over the warehouse's files: a kind. GUANXI_WAREHOUSE_ENGINE names the one in use."""

from guanxi.core.registry import Registry
from guanxi.warehouse.engines.base import Engine

ENGINES: Registry[Engine] = Registry(
    "warehouse engine",
    {
        "duckdb": "guanxi.warehouse.engines.duckdb.DuckDB",
        "spark": "guanxi.warehouse.engines.spark.Spark",
    },
)
