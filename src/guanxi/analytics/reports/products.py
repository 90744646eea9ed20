"""Products: what sold best, and what buyers came back for."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.reports import charts
from guanxi.analytics.reports.base import (
    COUNT,
    CUSTOMERS,
    MONEY,
    ORDERS,
    SHARE,
    TEXT,
    UNITS,
    Cell,
    Chart,
    Column,
    Context,
    NoSuchCell,
    Note,
    Report,
    ReportResult,
    ReportTable,
    RowSet,
    Table,
    arrow,
)
from guanxi.analytics.reports.measures import Measure, Measures, Ratio, orders_in
from guanxi.analytics.reports.parameters import Params

MOST = 100
IN_CHART = 12
REPEAT = gettext_lazy("Known customers in whose orders of these days it is at least twice, in two different orders.")


def _any(rows: Table) -> Any:
    return rows.order_id.notnull()


def _known(rows: Table) -> Any:
    return rows.customer_id.notnull()


MEASURES = Measures(
    (
        Measure(
            "sales",
            gettext_lazy("Sales"),
            MONEY,
            gettext_lazy(
                "What the lines of the orders that count come to, each after its own discount; without shipping and "
                "discounts on whole orders, and before refunds."
            ),
            _any,
            lambda rows: rows.value,
        ),
        Measure("units", gettext_lazy("Units"), UNITS, gettext_lazy("Pieces sold."), _any, lambda rows: rows.quantity),
        Measure(
            "orders",
            gettext_lazy("Orders"),
            COUNT,
            gettext_lazy("Orders that count with at least one such line."),
            _any,
        ),
        Measure(
            "buyers",
            gettext_lazy("Buyers"),
            COUNT,
            gettext_lazy("Different known customers with such an order."),
            _known,
            of=CUSTOMERS,
        ),
        Measure("repeat_buyers", gettext_lazy("Bought it again"), COUNT, REPEAT, lambda rows: rows.again, of=CUSTOMERS),
        Ratio(
            "repeat_share",
            gettext_lazy("Repeat buyers' share"),
            SHARE,
            gettext_lazy("Those who bought it again, as a share of its buyers."),
            "repeat_buyers",
            "buyers",
        ),
    ),
    order_rows=False,
)
LINELESS = "lineless"


class Products(Report):
    name = "products"
    label = gettext_lazy("Products")
    icon = "package"
    keywords = "best sellers category 商品 产品 產品"
    definition = gettext_lazy(
        "Lines of orders that count, by product or by category. A product that two shops sell is two products here; a "
        "category is the same everywhere."
    )
    parameters = ("period", "shop", "by")

    def run(self, params: Params, context: Context) -> ReportResult:
        orders = _orders(params, context)
        lines = _named(_lines(orders, context), params, context)
        found = context.fetch(_by_item(lines))
        whole = sum(row["whole"] for row in found[:1])
        table = _table(found, params, context)
        notes = []
        if found and found[0]["items"] > len(found):
            values = {
                "shown": len(found),
                "items": found[0]["items"],
                "percent": round(100 * sum(row["sales"] for row in found) / whole) if whole else 0,
            }
            notes.append(Note(_("The %(shown)d best of %(items)d are shown, with %(percent)d %% of sales.") % values))
        lineless = context.snapshot.scalar(_lineless(orders, context).count())
        if lineless:
            text = _("%(number)d orders of these days name no products, so they are missing here.")
            notes.append(Note(text % {"number": lineless}, Cell(LINELESS)))
        return ReportResult(tables=(table,), notes=notes, charts=_charts(table, context))

    def rows(self, params: Params, cell: Cell, context: Context) -> RowSet:
        orders = _orders(params, context)
        if cell == Cell(LINELESS):
            chosen = _lineless(orders, context)
            return RowSet(
                ORDERS, orders_in(chosen.mutate(amount=chosen.value), one_each=True), _("Orders without products")
            )
        if cell.table != "items":
            raise NoSuchCell(cell.table)
        lines = _lines(orders, context)
        if params.by == "product":
            if not cell.key.isdecimal():
                raise NoSuchCell(cell.key)
            lines = lines.filter(lines.product_id.fill_null(0) == int(cell.key))
        else:
            lines = _named(lines, params, context)
            lines = lines.filter(lines.item == cell.key)
        return MEASURES.behind(cell.column, _with_again(lines, cell.column))


def _orders(params: Params, context: Context) -> Table:
    orders = context.tables["orders"]
    chosen = orders.filter(orders.counted, orders.value.notnull(), params.period.holds(orders.placed_at, context.zone))
    return chosen if params.shop_id is None else chosen.filter(chosen.shop_id == params.shop_id)


def _lines(orders: Table, context: Context) -> Table:
    """Lines of the orders, with the orders' own columns; ``value`` is the line's."""
    lines = context.tables["order_lines"]
    lines = lines.select("product_id", "quantity", line_value=lines.value.fill_null(0), of_order=lines.order_id)
    joined = lines.join(orders.drop("value"), [lines.of_order == orders.order_id])
    return joined.drop("of_order").rename(value="line_value")


def _lineless(orders: Table, context: Context) -> Table:
    return orders.anti_join(context.tables["order_lines"], "order_id")


def _named(lines: Table, params: Params, context: Context) -> Table:
    """With ``item``: the product's number, or the name of the category ("" for none)."""
    if params.by == "product":
        return lines.mutate(item=lines.product_id.fill_null(0))
    products = context.tables["products"]
    categories = products.select("category", number="product_id")
    joined = lines.left_join(categories, [lines.product_id == categories.number])
    return joined.mutate(item=joined.category.fill_null("")).drop("number", "category")


def _by_item(lines: Table) -> Table:
    """A row an item, best first, in three steps: lines of one order, orders of one customer, customers.

    Each step is a plain sum, because counting different orders and buyers per item takes several times as long.
    """
    import ibis

    of_order = lines.group_by("item", "order_id").aggregate(
        customer_id=lines.customer_id.max(), sales=lines.value.sum(), units=lines.quantity.sum()
    )
    of_buyer = of_order.group_by("item", "customer_id").aggregate(
        sales=of_order.sales.sum(), units=of_order.units.sum(), orders=of_order.count()
    )
    known = of_buyer.customer_id.notnull()
    items = of_buyer.group_by("item").aggregate(
        sales=of_buyer.sales.sum().cast("int64"),
        units=of_buyer.units.sum().cast("float64"),
        orders=of_buyer.orders.sum().cast("int64"),
        buyers=known.cast("int64").sum(),
        repeat_buyers=(known & (of_buyer.orders > 1)).cast("int64").sum(),
    )
    window = ibis.window()
    counted = items.mutate(items=items.count().over(window), whole=items.sales.sum().over(window).cast("int64"))
    return counted.order_by(counted.sales.desc(), counted.item).limit(MOST)


def _with_again(lines: Table, column: str) -> Table:
    """With ``again``: whether the line's customer bought the item in two orders."""
    import ibis

    if not column.startswith("repeat"):
        return lines.mutate(again=ibis.literal(False))
    known = lines.filter(lines.customer_id.notnull())
    buyers = known.group_by("customer_id").aggregate(first=known.order_id.min(), last=known.order_id.max())
    again = buyers.filter(buyers.first != buyers.last)
    return lines.mutate(again=lines.customer_id.isin(again.customer_id).fill_null(False))


def _table(found: list[dict[str, Any]], params: Params, context: Context) -> ReportTable:
    by_product = params.by == "product"
    label = Column("name", gettext_lazy("Product") if by_product else gettext_lazy("Category"), TEXT, traced=False)
    words = (
        Column("sku", gettext_lazy("Code"), TEXT, traced=False),
        Column("category", gettext_lazy("Category"), TEXT, traced=False),
    )
    columns = (
        Column("item", "", TEXT, traced=False, shown=False),
        label,
        *(words if by_product else ()),
        *MEASURES.columns(),
    )
    names = _names([row["item"] for row in found], context) if by_product else {}
    data = []
    for row in found:
        words_of = names.get(row["item"], {"name": _("Unknown product")})
        if not by_product:
            words_of = {"name": row["item"] or _("Without a category")}
        data.append({**MEASURES.complete(row), **words_of, "item": str(row["item"])})
    title = _("Best products") if by_product else _("Best categories")
    return ReportTable("items", title, columns, arrow(data, columns), "item")


def _names(numbers: list[int], context: Context) -> dict[int, dict[str, str]]:
    products = context.tables["products"]
    wanted = products.filter(products.product_id.isin(numbers or [0]))
    rows = context.fetch(wanted.select("product_id", "title", "sku", "category"))
    return {
        row["product_id"]: {"name": row["title"] or row["sku"], "sku": row["sku"], "category": row["category"]}
        for row in rows
    }


def _charts(table: ReportTable, context: Context) -> list[Chart]:
    top = [row for row in table.rows()[:IN_CHART] if row["sales"]]
    if len(top) < 2:
        return []
    measure = MEASURES.find("sales")
    option = charts.lying_bars(
        [row["name"] for row in top], str(measure.label), [row["sales"] for row in top], currency=context.currency
    )
    return [Chart(str(table.title), option, str(measure.definition))]
