"""The list of products that orders have named."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from guanxi.commerce import queries
from guanxi.commerce.models import Product
from guanxi.core.permissions import requires
from guanxi.core.web import tables


def _shops() -> Iterable[tuple[str, str]]:
    return [(str(shop.id), shop.name) for shop in queries.shops()]


def _categories() -> Iterable[tuple[str, str]]:
    names = Product.objects.exclude(category="").order_by("category").values_list("category", flat=True).distinct()
    return [(name, name) for name in names[:100]]


PRODUCTS = tables.Table(
    name="products",
    columns=[
        tables.Column(key="title", label=_("Product"), sort="title"),
        tables.Column(key="sku", label=_("Code"), sort="sku"),
        tables.Column(key="category", label=_("Category"), sort="category"),
        tables.Column(key="shop", label=_("Shop"), cell="shop.name"),
        tables.Column(key="since", label=_("First sold"), cell="first_seen_at", sort="first_seen_at"),
    ],
    filters=[
        tables.ChoiceFilter(key="shop", label=_("Shop"), field="shop_id", choices=_shops),
        tables.ChoiceFilter(key="category", label=_("Category"), choices=_categories),
        tables.DateFilter(key="since", label=_("First sold"), field="first_seen_at"),
    ],
    search=["title", "sku"],
    search_label=_("Product or its code"),
    default_sort="title",
    export_permission="commerce.export",
    empty=tables.Empty(
        title=_("No products yet"),
        text=_("Products come in with the orders that name them."),
        icon="package",
        action_label=_("Import orders"),
        action_url_name="commerce:import",
        action_permission="commerce.import",
    ),
)


@requires("commerce.view")
def product_list(request: HttpRequest) -> HttpResponseBase:
    return tables.respond(request, PRODUCTS, Product.objects.select_related("shop"), template="commerce/products.html")
