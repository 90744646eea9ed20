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


DUE = ("due_at", "due_from", "due_until", "due_product_id", "due_product_at")


def due_facts(tables: Tables) -> "ibis.Table":
    """When each is due to buy again, and what; null for customers of whom the newest run says nothing."""
    return tables["next_orders"].select("customer_id", *DUE)


export(
    TableSpec(
        name="next_products",
        select=(
            "SELECT customer_id, rank, product_id, score, reason, reason_product_id, changed_xact"
            " FROM analytics_nextproduct"
        ),
        key="customer_id",
    ),
    TableSpec(
        name="next_orders",
        select=f"SELECT customer_id, {', '.join(DUE)}, changed_xact FROM analytics_nextorder",
        key="customer_id",
        customer_key="customer_id",
    ),
    TableSpec(
        name="category_chances",
        select="SELECT customer_id, category, chance, tenth, changed_xact FROM analytics_categorychance",
        key="customer_id",
    ),
    FactSpec(name="due", tables=("next_orders",), build=due_facts, defaults=dict.fromkeys(DUE)),
    TableSpec(
        name="customer_values",
        select=f"SELECT customer_id, {', '.join(COLUMNS)}, changed_xact FROM analytics_customervalue",
        key="customer_id",
        customer_key="customer_id",
    ),
    FactSpec(name="values", tables=("customer_values",), build=value_facts, defaults=dict.fromkeys(COLUMNS)),
)
