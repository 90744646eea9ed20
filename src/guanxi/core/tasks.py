"""The one task Procrastinate knows: run a job of ours."""

from django.utils import timezone
from procrastinate.contrib.django import app as queue

from guanxi.core import jobs
from guanxi.core.api.idempotency import forget_old


@queue.task(name="core.run_job")
def run_job(job_id: int) -> None:
    jobs.run(job_id)


@jobs.every(3600, name="core.forget_old_answers")
def forget_old_answers() -> None:
    forget_old(timezone.now())
