"""The second step of an import: how the file will be read, corrected where the guess was wrong, and started."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.commerce.connectors import CONNECTORS, recognise
from guanxi.commerce.models import OrderImport, Shop
from guanxi.commerce.web import mapping as mappings
from guanxi.commerce.web import uploads
from guanxi.commerce.web.preview import Preview, masked_text, preview
from guanxi.core import audit, jobs
from guanxi.core.permissions import requires
from guanxi.core.table_files.base import UnreadableFile
from guanxi.core.web.users import actor

TABLE = "table"


def waiting(import_id: int) -> OrderImport | None:
    """An import that is uploaded and not started, with its file still there."""
    row = get_object_or_404(OrderImport.objects.select_related("shop"), pk=import_id)
    return row if row.job_id is None and row.stored_path and uploads.stored(row).is_file() else None


@requires("commerce.import")
def check(request: HttpRequest, import_id: int) -> HttpResponse:
    """The file's start as it will be read. Posting ``connector`` reads it as another platform's."""
    row = waiting(import_id)
    if row is None:
        return redirect("commerce:import_result", import_id)
    asked = request.POST.get("connector", "")
    if asked in CONNECTORS.names():
        row.connector, row.mapping = asked, {}
        row.save(update_fields=["connector", "mapping"])
        return redirect("commerce:import_check", row.pk)
    return _page(request, row)


def _page(
    request: HttpRequest, row: OrderImport, *, mapping: dict[str, Any] | None = None, problem: str = ""
) -> HttpResponse:
    path, editor = uploads.stored(row), None
    found: Preview | None = None
    try:
        if row.connector == TABLE:
            mapping = mapping or row.mapping or mappings.starting_mapping(path, row.shop.mapping)
            editor = mappings.editor(path, mapping)
        if not problem:
            found = preview(path, connector=row.connector, shop=row.shop, mapping=mapping or {})
            problem = found.problem
    except UnreadableFile as error:
        problem = masked_text(str(error))
    sure = dict(recognise(path))
    context = {
        "row": row,
        "size": path.stat().st_size,
        "connectors": [(one, round(100 * sure.get(one.name, 0))) for one in CONNECTORS],
        "connector": CONNECTORS.get(row.connector),
        "other_platform": row.shop.connector not in (row.connector, TABLE) and row.connector != TABLE,
        "shop_platform": CONNECTORS.get(row.shop.connector) if row.shop.connector in CONNECTORS.names() else None,
        "preview": found,
        "problem": problem,
        "editor": editor,
    }
    return render(request, "commerce/import_check.html", context)


@requires("commerce.import")
@require_POST
def save_mapping(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take the columns as the form says, for this file and the shop's next ones."""
    row = waiting(import_id)
    if row is None or row.connector != TABLE:
        return redirect("commerce:import_result", import_id)
    try:
        row.mapping = mappings.posted_mapping(request.POST)
    except UnreadableFile as error:
        return _page(request, row, mapping=mappings.said_mapping(request.POST), problem=str(error))
    with transaction.atomic():
        row.save(update_fields=["mapping"])
        Shop.objects.filter(pk=row.shop_id).update(mapping=row.mapping)
        audit.record("shop.mapping_saved", actor=actor(request), subject=("shop", row.shop_id), request=request)
    messages.success(request, _("Saved for this shop. This is how the file will be read."))
    return redirect("commerce:import_check", row.pk)


@requires("commerce.import")
@require_POST
def start(request: HttpRequest, import_id: int) -> HttpResponse:
    """Queue the import. Pressed twice, it is queued once."""
    row = waiting(import_id)
    if row is None:
        return redirect("commerce:import_result", import_id)
    path = uploads.stored(row)
    with transaction.atomic():
        row = OrderImport.objects.select_for_update().select_related("shop").get(pk=row.pk)
        if row.job_id is None:
            if row.connector == TABLE and not row.mapping:
                row.mapping = mappings.starting_mapping(path, row.shop.mapping)
            job = jobs.start(
                "orders.import",
                title=_("Import %(file)s into %(shop)s") % {"file": row.file_name, "shop": row.shop.name},
                user=actor(request),
                lock=f"orders.import.{row.shop_id}",
                import_id=row.pk,
            )
            row.job_id = job.pk
            row.save(update_fields=["job_id", "mapping"])
            detail: dict[str, object] = {"shop": row.shop_id, "connector": row.connector}
            audit.record(
                "import.started", actor=actor(request), subject=("import", row.pk), detail=detail, request=request
            )
    return redirect("commerce:import_result", row.pk)
