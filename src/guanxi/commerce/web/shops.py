"""The shops: where the merchant sells, and how their files are read."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.commerce.connectors import CONNECTORS
from guanxi.commerce.connectors.table_words import FIELDS
from guanxi.commerce.models import OrderImport, Shop
from guanxi.commerce.web.forms import ShopForm
from guanxi.core import audit
from guanxi.core.permissions import requires
from guanxi.core.web.users import actor


@requires("commerce.view")
def shop_list(request: HttpRequest) -> HttpResponse:
    last = dict(OrderImport.objects.values_list("shop_id").annotate(last=Max("finished_at")))
    labels = {connector.name: connector for connector in CONNECTORS}
    shops = [
        {"shop": shop, "connector": labels.get(shop.connector), "imported_at": last.get(shop.pk)}
        for shop in Shop.objects.order_by("name")
    ]
    return render(request, "commerce/shops.html", {"shops": shops})


@requires("commerce.shops")
def shop_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Shop())


@requires("commerce.shops")
def shop_edit(request: HttpRequest, shop_id: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Shop, pk=shop_id))


def _edit(request: HttpRequest, shop: Shop) -> HttpResponse:
    is_new = shop.pk is None
    form = ShopForm(request.POST or None, instance=shop)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            audit.record(
                "shop.created" if is_new else "shop.changed",
                actor=actor(request),
                subject=("shop", shop.pk),
                detail={name: form.cleaned_data[name] for name in form.changed_data},
                request=request,
            )
        messages.success(request, _("The shop is saved."))
        return redirect("commerce:shops")
    columns = [(FIELDS[name], column) for name, column in shop.mapping.get("columns", {}).items() if name in FIELDS]
    return render(request, "commerce/shop.html", {"form": form, "shop": shop, "is_new": is_new, "columns": columns})


@requires("commerce.shops")
@require_POST
def forget_mapping(request: HttpRequest, shop_id: int) -> HttpResponse:
    """The next file of any make is guessed at again."""
    shop = get_object_or_404(Shop, pk=shop_id)
    with transaction.atomic():
        shop.mapping = {}
        shop.save(update_fields=["mapping"])
        audit.record("shop.mapping_forgotten", actor=actor(request), subject=("shop", shop.pk), request=request)
    messages.success(request, _("Forgotten; the columns of the next file are guessed again."))
    return redirect("commerce:shop", shop.pk)
