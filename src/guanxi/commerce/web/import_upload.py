"""The first step of an import: a file arrives, is kept, and recognised."""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from guanxi.commerce import imports, services
from guanxi.commerce.connectors import CONNECTORS
from guanxi.commerce.connectors.base import ShopContext
from guanxi.commerce.models import OrderImport, Shop
from guanxi.commerce.web import uploads
from guanxi.commerce.web.forms import NEW_SHOP, UploadForm
from guanxi.commerce.web.preview import LARGEST_JSON
from guanxi.commerce.web.uploads import OrderFile, OrderFileHandler
from guanxi.core import audit
from guanxi.core.permissions import requires
from guanxi.core.table_files.base import UnreadableFile
from guanxi.core.table_files.tables import kind_of, open_table
from guanxi.core.web.users import actor


@csrf_exempt  # checked below, once it is said where the body goes: the check reads the body
@requires("commerce.import")
def upload(request: HttpRequest) -> HttpResponse:
    """The page that takes a file, and the file."""
    handler = OrderFileHandler()
    request.upload_handlers = [handler]
    return _checked(request, handler)


@csrf_protect
def _checked(request: HttpRequest, handler: OrderFileHandler) -> HttpResponse:
    may_make = actor(request).may("commerce.shops")
    if request.method != "POST":
        form = UploadForm(may_make=may_make, initial={"shop": request.GET.get("shop", "")})
        return _page(request, form)
    form = UploadForm(request.POST, may_make=may_make)
    file = request.FILES.get("file")
    refusal = handler.refusal or ("" if isinstance(file, OrderFile) else _("Choose the file to import."))
    if isinstance(file, OrderFile):
        path = file.path
        try:
            if form.is_valid():
                path = uploads.keep(file)
                row = _take(request, form.cleaned_data, file, _recognised(path), path.name)
                return _go(request, reverse("commerce:import_check", args=[row.pk]))
        except (UnreadableFile, imports.ImportFailed) as error:
            refusal = str(error)
        except Exception:
            path.unlink(missing_ok=True)
            raise
        path.unlink(missing_ok=True)
    return _page(request, form, refusal)


def _recognised(path: Path) -> str:
    """The connector for this file. Raises UnreadableFile or ImportFailed, with the plainest reason there is."""
    try:
        return imports.recognised(path)
    except imports.ImportFailed:
        if kind_of(path) != "json":
            open_table(path, sample=True)
        elif path.stat().st_size <= LARGEST_JSON:
            next(iter(CONNECTORS.get("shopify").read(path, shop=ShopContext())), None)
        raise


def _take(request: HttpRequest, said: dict[str, Any], file: OrderFile, connector: str, stored: str) -> OrderImport:
    """Note the file, with its shop made when it is a new one."""
    uploads.sweep(now=timezone.now())
    with transaction.atomic():
        if said["shop"] == NEW_SHOP:
            shop = services.ensure_shop(
                said["name"],
                connector=connector,
                currency=said["currency"],
                time_zone=said["time_zone"],
                country=said["country"],
            )
            audit.record("shop.created", actor=actor(request), subject=("shop", shop.pk), request=request)
        else:
            shop = Shop.objects.get(pk=said["shop"])
        return OrderImport.objects.create(
            shop=shop,
            connector=connector,
            file_name=(file.name or "")[:200],
            stored_path=f"{uploads.folder().name}/{stored}",
            created_by=actor(request),
        )


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """On to the next page, also when htmx sent the file to show how far it is."""
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse()
        response["HX-Redirect"] = address
        return response
    return redirect(address)


def _page(request: HttpRequest, form: UploadForm, refusal: str = "") -> HttpResponse:
    context = {"form": form, "refusal": refusal, "connectors": list(CONNECTORS), "largest": uploads.LARGEST}
    return render(request, "commerce/import.html", context)
