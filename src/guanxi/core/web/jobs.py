"""Work of the worker that people watch, cancel and run again."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guanxi.core import audit, jobs
from guanxi.core.models import Job
from guanxi.core.models.jobs import JobState
from guanxi.core.permissions import SIGNED_IN, requires
from guanxi.core.web import tables
from guanxi.core.web.switches import back
from guanxi.core.web.users import actor


def kind_label(job: Job) -> str:
    return jobs.label_of(job.kind)


def result_lines(job: Job) -> list[tuple[str, str]]:
    """What it did, in words and numbers for people; a part that the kind has no words for is not for them."""
    words = jobs.JOBS[job.kind].words if job.kind in jobs.JOBS else {}
    return [
        (str(label), number_format(job.result[name], force_grouping=True))
        for name, label in words.items()
        if job.result.get(name) is not None
    ]


def subject_page(job: Job) -> str:
    """The page of what it worked on; empty where there is none."""
    page = jobs.JOBS[job.kind].page if job.kind in jobs.JOBS else None
    return page(**job.arguments) if page else ""


def seconds(job: Job) -> int | None:
    return int((job.finished_at - job.started_at).total_seconds()) if job.started_at and job.finished_at else None


JOBS = tables.Table(
    name="jobs",
    columns=[
        tables.Column(
            key="title", label=gettext_lazy("Job"), link=lambda job: reverse("core:job", args=[job.pk]), cell=str
        ),
        tables.Column(
            key="state", label=gettext_lazy("State"), template="core/cells/job_state.html", cell="get_state_display"
        ),
        tables.Column(key="kind", label=gettext_lazy("Kind"), cell=kind_label, shown=False),
        tables.Column(key="by", label=gettext_lazy("Started by"), cell=lambda job: str(job.created_by or "Guanxi")),
        tables.Column(key="created_at", label=gettext_lazy("Queued"), sort="created_at"),
        tables.Column(key="seconds", label=gettext_lazy("Seconds"), cell=seconds, align="end"),
    ],
    filters=[
        tables.ChoiceFilter(key="state", label=gettext_lazy("State"), choices=JobState.choices),
        tables.ChoiceFilter(
            key="kind",
            label=gettext_lazy("Kind"),
            choices=lambda: sorted(((kind.name, str(kind.label)) for kind in jobs.JOBS.values()), key=lambda k: k[1]),
        ),
        tables.DateFilter(key="day", label=gettext_lazy("Queued"), field="created_at"),
    ],
    default_sort="-created_at",
    empty=tables.Empty(
        title=gettext_lazy("No jobs yet"),
        text=gettext_lazy("Imports, exports and sending appear here while they run and afterwards."),
        icon="checklist",
    ),
)


def visible(request: HttpRequest) -> QuerySet[Job]:
    """A person's own jobs; everyone's with the right to see them."""
    rows = Job.objects.select_related("created_by")
    user = actor(request)
    return rows if user.may("core.jobs") else rows.filter(created_by=user)


@requires(SIGNED_IN)
def job_list(request: HttpRequest) -> HttpResponseBase:
    return tables.respond(request, JOBS, visible(request), template="core/jobs.html")


@requires(SIGNED_IN)
def job_page(request: HttpRequest, job_id: int) -> HttpResponse:
    """The page of one job; while it runs, htmx asks for its progress alone and for the whole when it ends."""
    job = get_object_or_404(visible(request), pk=job_id)
    context: dict[str, Any] = {
        "job": job,
        "kind": kind_label(job),
        "seconds": seconds(job),
        "result": result_lines(job),
        "subject": subject_page(job),
    }
    return render(request, "core/job.html", context)


@requires(SIGNED_IN)
def job_progress(request: HttpRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(visible(request), pk=job_id)
    response = render(request, "core/cells/job_state.html", {"row": job, "reload": "reload" in request.GET})
    if job.finished and "reload" in request.GET:
        response["HX-Refresh"] = "true"
    return response


@requires(SIGNED_IN)
@require_POST
def job_cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(visible(request), pk=job_id)
    jobs.cancel(job)
    audit.record("job.cancelled", actor=actor(request), subject=("job", job.pk), request=request)
    messages.success(request, _("The job stops as soon as it can; what it has done stays."))
    return back(request, otherwise=reverse("core:job", args=[job.pk]))


@requires(SIGNED_IN)
@require_POST
def job_retry(request: HttpRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(visible(request), pk=job_id)
    jobs.retry(job)
    audit.record("job.retried", actor=actor(request), subject=("job", job.pk), request=request)
    messages.success(request, _("The job is queued again."))
    return back(request, otherwise=reverse("core:job", args=[job.pk]))
