"""Shopify: the orders export (CSV) and the orders of its Admin REST API (JSON)."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy

from guanxi.commerce.connectors import shopify_csv, shopify_json
from guanxi.commerce.connectors.base import Connector, Read, ShopContext
from guanxi.commerce.connectors.json_files import start_of
from guanxi.core.table_files.tables import header_of, kind_of, open_table


class Shopify(Connector):
    name = "shopify"
    label = "Shopify"
    icon = "shopping-bag"
    help = gettext_lazy(
        "Shopify admin, Orders, Export: choose all orders and “Plain CSV file”. An answer of the Admin REST API "
        "(orders.json) saved as a file is read as well."
    )

    def recognises(self, path: Path) -> float:
        header = header_of(path)
        if header:
            return 0.95 if all(name in header for name in shopify_csv.REQUIRED) else 0.0
        start = start_of(path)
        return 0.95 if '"financial_status"' in start and '"line_items"' in start else 0.0

    def header(self, path: Path) -> list[str]:
        return [] if kind_of(path) == "json" else open_table(path, sample=True).header

    def read(self, path: Path, *, shop: ShopContext) -> Iterator[Read]:
        return shopify_json.read(path, shop) if kind_of(path) == "json" else shopify_csv.read(path, shop)
