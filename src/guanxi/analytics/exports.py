"""What forecasts say of each customer, for segments and reports."""

from typing import TYPE_CHECKING

from guanxi.warehouse.specs import FactSpec, Tables, TableSpec, export

if TYPE_CHECKING:
    import ibis

COLUMNS = (
    "p_alive",
    "expected_orders_30",
    "expected_orders_90",
    "expected_orders_365",
    "lifetime_value",
    "lifetime_value_low",
    "lifetime_value_high",
    "churn_risk",
    "next_order_at",
)


def value_facts(tables: Tables) -> "ibis.Table":
    """What the newest run said; null for customers of whom it says nothing."""
    return tables["customer_values"].select("customer_id", *COLUMNS)


export(
    TableSpec(
        name="customer_values",
        select=f"SELECT customer_id, {', '.join(COLUMNS)}, changed_xact FROM analytics_customervalue",
        key="customer_id",
        customer_key="customer_id",
    ),
    FactSpec(name="values", tables=("customer_values",), build=value_facts, defaults=dict.fromkeys(COLUMNS)),
)
