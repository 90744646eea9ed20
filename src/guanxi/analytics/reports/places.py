"""Places: what each shop sold, and where the parcels went."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.reports import charts, sales
from guanxi.analytics.reports.base import (
    TEXT,
    Cell,
    Chart,
    Column,
    Context,
    NoSuchCell,
    Report,
    ReportResult,
    ReportTable,
    RowSet,
    Table,
    arrow,
)
from guanxi.analytics.reports.measures import Measures
from guanxi.analytics.reports.parameters import Params

MEASURES = Measures(
    (
        sales.SALES,
        sales.ALL_ORDERS,
        sales.BUYERS,
        sales.AVERAGE,
        sales.RETURNING_SHARE,
        sales.NEW_CUSTOMERS,
        sales.REFUNDS,
        sales.RETURNING_SALES,
        sales.KNOWN_SALES,
    )
)
SEPARATOR = "|"
MOST_REGIONS = 200
IN_CHART = 12


class Places(Report):
    name = "places"
    label = gettext_lazy("Shops and regions")
    icon = "map-pin"
    keywords = "shop region province 店铺 店鋪 地区 地區"
    definition = gettext_lazy(
        "Orders that count, by the shop that sold them and by the region they were sent to, as the order says it. A "
        "customer who bought in two shops is counted in both."
    )

    def run(self, params: Params, context: Context) -> ReportResult:
        rows = _rows(params, context)
        shops, regions = _shops(rows, context), _regions(rows, context)
        return ReportResult(tables=(shops, regions), charts=_charts(regions, context))

    def rows(self, params: Params, cell: Cell, context: Context) -> RowSet:
        rows = _rows(params, context)
        if cell.table == "shops" and cell.key.isdecimal():
            return MEASURES.behind(cell.column, rows.filter(rows.shop_id == int(cell.key)))
        country, separator, region = cell.key.partition(SEPARATOR)
        if cell.table != "regions" or not separator:
            raise NoSuchCell(cell.key)
        chosen = rows.filter(rows.country.fill_null("") == country, rows.region.fill_null("") == region)
        return MEASURES.behind(cell.column, chosen)


def _rows(params: Params, context: Context) -> Table:
    rows = sales.sales_rows(context, shop_id=params.shop_id)
    return rows.filter(params.period.holds(rows.placed_at, context.zone))


def _shops(rows: Table, context: Context) -> ReportTable:
    columns = (
        Column("shop_id", "", TEXT, traced=False, shown=False),
        Column("shop", gettext_lazy("Shop"), TEXT, traced=False),
        *MEASURES.columns(),
    )
    grouped = rows.group_by("shop_id").aggregate(**MEASURES.aggregates(rows))
    shops = context.tables["shops"].select("name", number="shop_id")
    named = grouped.left_join(shops, grouped.shop_id == shops.number)
    found = context.fetch(named.order_by(named.sales.desc(), named.shop_id))
    data = [
        {**MEASURES.complete(row), "shop_id": str(row["shop_id"]), "shop": row["name"] or _("Unknown shop")}
        for row in found
    ]
    return ReportTable("shops", _("By shop"), columns, arrow(data, columns), "shop_id")


def _regions(rows: Table, context: Context) -> ReportTable:
    columns = (
        Column("place", "", TEXT, traced=False, shown=False),
        Column("region", gettext_lazy("Region"), TEXT, traced=False),
        Column("country", gettext_lazy("Country"), TEXT, traced=False),
        *MEASURES.columns(),
    )
    placed = rows.mutate(country=rows.country.fill_null(""), region=rows.region.fill_null(""))
    grouped = placed.group_by("country", "region").aggregate(**MEASURES.aggregates(placed))
    ordered = grouped.order_by(grouped.sales.desc(), grouped.country, grouped.region).limit(MOST_REGIONS)
    data = [
        {
            **MEASURES.complete(row),
            "place": f"{row['country']}{SEPARATOR}{row['region']}",
            "region": row["region"] or _("Not stated"),
        }
        for row in context.fetch(ordered)
    ]
    definition = _("Where the order was to be sent. At most %(number)d regions, those with the most sales first.")
    return ReportTable(
        "regions", _("By region"), columns, arrow(data, columns), "place", definition % {"number": MOST_REGIONS}
    )


def _charts(regions: ReportTable, context: Context) -> list[Chart]:
    top = [row for row in regions.rows()[:IN_CHART] if row["sales"]]
    if len(top) < 2:
        return []
    option = charts.lying_bars(
        [row["region"] if row["region"] != _("Not stated") else row["country"] or row["region"] for row in top],
        str(sales.SALES.label),
        [row["sales"] for row in top],
        currency=context.currency,
    )
    return [Chart(_("Sales by region"), option, str(sales.SALES.definition))]
