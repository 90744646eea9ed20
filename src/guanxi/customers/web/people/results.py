"""The third step: how far an import of people is, how to stop it, and what came of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.core import audit, jobs
from guanxi.core.models import Job
from guanxi.core.models.jobs import JobState
from guanxi.core.permissions import actor, requires
from guanxi.customers.models import PeopleFile
from guanxi.customers.people import importing
from guanxi.customers.people.readers import READERS
from guanxi.customers.web.people import files

STATES = {
    "waiting": (gettext_lazy("Not started"), "yellow"),
    "queued": (gettext_lazy("Queued"), "secondary"),
    "running": (gettext_lazy("Running"), "blue"),
    "done": (gettext_lazy("Done"), "green"),
    "failed": (gettext_lazy("Failed"), "red"),
    "cancelled": (gettext_lazy("Stopped"), "orange"),
    "broken_off": (gettext_lazy("Broken off"), "orange"),
}


def state_of(row: PeopleFile, job: Job | None) -> str:
    """A key of STATES. An import by the command has no job: unfinished, it runs still or was cut off."""
    if row.finished_at:
        return "done"
    if row.job_id is None:
        return "waiting" if row.stored_path else "broken_off"
    if job is None or job.state == JobState.SUCCEEDED:
        return "broken_off"
    return str(job.state)


def _context(row: PeopleFile) -> dict[str, Any]:
    job = Job.objects.filter(pk=row.job_id).first() if row.job_id else None
    state = state_of(row, job)
    label, colour = STATES[state]
    return {
        "row": row,
        "job": job,
        "state": state,
        "state_label": label,
        "colour": colour,
        "under_way": state in ("queued", "running"),
        "can_go_on": files.has_file(row) and state in ("failed", "cancelled"),
    }


def _row(file_id: int) -> PeopleFile:
    return get_object_or_404(PeopleFile.objects.select_related("batch", "created_by"), pk=file_id)


@requires("customers.view")
def file_page(request: HttpRequest, file_id: int) -> HttpResponse:
    row = _row(file_id)
    context = _context(row)
    may_import = actor(request).may("customers.import")
    if context["state"] == "waiting" and may_import:
        if files.has_file(row):
            return redirect("people:check", row.pk)
        messages.error(request, _("The uploaded file is gone. Upload it again."))
        return redirect("people:upload")
    context |= {
        "reader": READERS.get(row.reader) if row.reader in READERS else None,
        "may_import": may_import,
        "may_download": row.rejected and _may_download(request, row) and importing.rejected_file(row).is_file(),
    }
    return render(request, "customers/people/file.html", context)


@requires("customers.view")
def progress(request: HttpRequest, file_id: int) -> HttpResponse:
    """The bar alone; when the import ends, the page is asked for anew."""
    context = _context(_row(file_id))
    response = render(request, "customers/people/progress.html", context)
    if not context["under_way"]:
        response["HX-Refresh"] = "true"
    return response


@requires("customers.import")
@require_POST
def cancel(request: HttpRequest, file_id: int) -> HttpResponse:
    row = _row(file_id)
    jobs.cancel(get_object_or_404(Job, pk=row.job_id))
    audit.record("people.import_stopped", actor=actor(request), subject=("people_file", row.pk), request=request)
    messages.success(request, _("The import stops after the rows it is recording now; what is recorded stays."))
    return redirect("people:file", row.pk)


@requires("customers.import")
@require_POST
def again(request: HttpRequest, file_id: int) -> HttpResponse:
    """Carry on with an import that failed or was stopped; what it has recorded is not counted twice."""
    row = _row(file_id)
    job = get_object_or_404(Job, pk=row.job_id)
    if not files.has_file(row):
        messages.error(request, _("The uploaded file is gone. Upload it again."))
        return redirect("people:file", row.pk)
    with transaction.atomic():
        jobs.retry(job)
        audit.record("people.import_continued", actor=actor(request), subject=("people_file", row.pk), request=request)
    messages.success(request, _("The import goes on."))
    return redirect("people:file", row.pk)


@requires("customers.import")
@require_POST
def discard(request: HttpRequest, file_id: int) -> HttpResponse:
    """Remove the uploaded file of an import that has not begun, or that will not go on."""
    row = _row(file_id)
    if _context(row)["state"] not in ("waiting", "failed", "cancelled"):
        messages.error(request, _("This import is under way or done; stop it first."))
        return redirect("people:file", row.pk)
    with transaction.atomic():
        audit.record("people.import_discarded", actor=actor(request), subject=("people_file", row.pk), request=request)
        started = row.job_id is not None
        files.forget(row)
    messages.success(request, _("The uploaded file is removed."))
    return redirect("people:file", file_id) if started else redirect("people:batches")


def _may_download(request: HttpRequest, row: PeopleFile) -> bool:
    """Rejected rows hold personal data in full: for who brought them, and for who may see such data."""
    user = actor(request)
    return user.may("customers.import") and (row.created_by_id == user.pk or user.may("customers.reveal"))


@requires("customers.import")
def rejected(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """The rejected rows as a file, with the reason in its last column. Leaves an audit entry."""
    row = _row(file_id)
    if not _may_download(request, row):
        raise PermissionDenied("customers.reveal")
    path = importing.rejected_file(row)
    if not path.is_file():
        raise Http404(_("There is no file of rejected rows."))
    audit.record("people.rejected_downloaded", actor=actor(request), subject=("people_file", row.pk), request=request)
    name = f"rejected-people-{row.pk}.csv"
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response
