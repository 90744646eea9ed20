"""The third step of an import: how far it is, how to stop it, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.commerce import imports
from guanxi.commerce.connectors import CONNECTORS
from guanxi.commerce.models import ImportedBatch, OrderImport
from guanxi.commerce.web import uploads
from guanxi.core import audit, jobs
from guanxi.core.models import Job
from guanxi.core.models.jobs import JobState
from guanxi.core.permissions import requires
from guanxi.core.web.users import actor

COUNTS = ("orders_created", "orders_updated", "orders_unchanged", "customers_created")


@dataclass(frozen=True, slots=True)
class State:
    label: Promise
    colour: str


STATES = {
    "waiting": State(gettext_lazy("Not started"), "yellow"),
    "queued": State(gettext_lazy("Queued"), "secondary"),
    "running": State(gettext_lazy("Running"), "blue"),
    "done": State(gettext_lazy("Done"), "green"),
    "failed": State(gettext_lazy("Failed"), "red"),
    "cancelled": State(gettext_lazy("Stopped"), "orange"),
    "broken_off": State(gettext_lazy("Broken off"), "orange"),
}


def state_of(row: OrderImport, job: Job | None) -> str:
    """A key of STATES. An import by the command has no job: unfinished, it runs still or was cut off."""
    if row.finished_at:
        return "done"
    if row.job_id is None:
        return "waiting" if row.stored_path else "broken_off"
    if job is None:
        return "broken_off"
    return "done" if job.state == JobState.SUCCEEDED else str(job.state)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a running import goes, measured by whoever watches it: reading a large file comes before its first
    batch, so that the time since the start would say nothing."""

    since: str
    """Rows and moment from which the watcher measures, handed from one look to the next."""
    rate: int | None = None
    """Rows a second."""
    seconds_left: int | None = None


def pace(job: Job, *, since: str, now: datetime) -> Pace | None:
    """None before the first batch."""
    if not job.done:
        return None
    rows, _dash, moment = since.partition("-")
    try:
        passed = job.done - int(rows)
        seconds = now.timestamp() - float(moment)
    except ValueError:
        passed = 0
    if passed <= 0 or seconds <= 0:
        return Pace(since if since and passed == 0 else f"{job.done}-{now.timestamp():.1f}")
    rate = passed / seconds
    return Pace(since, round(rate), round((job.total - job.done) / rate) if job.total else None)


def so_far(row: OrderImport) -> dict[str, int]:
    """What the batches of an unfinished import have recorded."""
    sums = ImportedBatch.objects.filter(order_import=row).aggregate(
        batches=Count("number"), **{name: Sum(name) for name in COUNTS}
    )
    return {name: value or 0 for name, value in sums.items()}


def _context(row: OrderImport, *, since: str = "") -> dict[str, Any]:
    job = Job.objects.filter(pk=row.job_id).first() if row.job_id else None
    state = state_of(row, job)
    has_file = bool(row.stored_path) and uploads.stored(row).is_file()
    return {
        "row": row,
        "job": job,
        "state": state,
        "shown": STATES[state],
        "under_way": state in ("queued", "running"),
        "pace": pace(job, since=since, now=timezone.now()) if job and state == "running" else None,
        "has_file": has_file,
        "can_go_on": has_file and state in ("failed", "cancelled"),
    }


@requires("commerce.view")
def import_page(request: HttpRequest, import_id: int) -> HttpResponse:
    row = get_object_or_404(OrderImport.objects.select_related("shop", "created_by"), pk=import_id)
    context = _context(row)
    may_import = actor(request).may("commerce.import")
    if context["state"] == "waiting" and may_import:
        if context["has_file"]:
            return redirect("commerce:import_check", row.pk)
        messages.error(request, _("The uploaded file is gone. Upload it again."))
        return redirect("commerce:import")
    context |= {
        "connector": CONNECTORS.get(row.connector) if row.connector in CONNECTORS.names() else None,
        "sums": so_far(row) if context["state"] in ("failed", "cancelled", "broken_off") else None,
        "orders": row.orders_created + row.orders_updated + row.orders_unchanged,
        "may_import": may_import,
        "may_download": row.rejected and _may_download(request, row) and imports.rejected_file(row).is_file(),
    }
    return render(request, "commerce/import_result.html", context)


@requires("commerce.view")
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    """The bar alone; when the import ends, the page is asked for anew."""
    row = get_object_or_404(OrderImport, pk=import_id)
    context = _context(row, since=request.GET.get("since", "")[:40])
    response = render(request, "commerce/import_progress.html", context)
    if not context["under_way"]:
        response["HX-Refresh"] = "true"
    return response


def _job(import_id: int) -> tuple[OrderImport, Job]:
    row = get_object_or_404(OrderImport, pk=import_id)
    return row, get_object_or_404(Job, pk=row.job_id)


@requires("commerce.import")
@require_POST
def cancel(request: HttpRequest, import_id: int) -> HttpResponse:
    row, job = _job(import_id)
    jobs.cancel(job)
    audit.record("import.cancelled", actor=actor(request), subject=("import", row.pk), request=request)
    messages.success(request, _("The import stops after the orders it is recording now; what is recorded stays."))
    return redirect("commerce:import_result", row.pk)


@requires("commerce.import")
@require_POST
def again(request: HttpRequest, import_id: int) -> HttpResponse:
    """Carry on with an import that failed or was stopped; what it has recorded is not counted twice."""
    row, job = _job(import_id)
    if not row.stored_path or not uploads.stored(row).is_file():
        messages.error(request, _("The uploaded file is gone. Upload it again."))
        return redirect("commerce:import_result", row.pk)
    with transaction.atomic():
        jobs.retry(job)
        audit.record("import.continued", actor=actor(request), subject=("import", row.pk), request=request)
    messages.success(request, _("The import goes on."))
    return redirect("commerce:import_result", row.pk)


@requires("commerce.import")
@require_POST
def discard(request: HttpRequest, import_id: int) -> HttpResponse:
    """Remove the uploaded file of an import that has not begun, or that will not go on."""
    row = get_object_or_404(OrderImport, pk=import_id)
    if _context(row)["state"] not in ("waiting", "failed", "cancelled"):
        messages.error(request, _("This import is under way or done; stop it first."))
        return redirect("commerce:import_result", row.pk)
    with transaction.atomic():
        audit.record("import.discarded", actor=actor(request), subject=("import", row.pk), request=request)
        started = row.job_id is not None
        uploads.forget(row)
    messages.success(request, _("The uploaded file is removed."))
    return redirect("commerce:import_result", import_id) if started else redirect("commerce:imports")


def _may_download(request: HttpRequest, row: OrderImport) -> bool:
    """Rejected rows hold personal data in full: for who brought them, and for who may see such data."""
    user = actor(request)
    return user.may("commerce.import") and (row.created_by_id == user.pk or user.may("customers.reveal"))


@requires("commerce.import")
def rejected(request: HttpRequest, import_id: int) -> HttpResponseBase:
    """The rejected rows as a file, with the reason in its last column. Leaves an audit entry."""
    row = get_object_or_404(OrderImport, pk=import_id)
    if not _may_download(request, row):
        raise PermissionDenied("customers.reveal")
    path = imports.rejected_file(row)
    if not path.is_file():
        raise Http404(_("There is no file of rejected rows."))
    audit.record("import.rejected_downloaded", actor=actor(request), subject=("import", row.pk), request=request)
    name = f"rejected-{row.pk}.csv"
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response
