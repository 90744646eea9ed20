"""The one task Procrastinate knows: run a job of ours."""

from procrastinate.contrib.django import app as queue

from guanxi.core import jobs


@queue.task(name="core.run_job")
def run_job(job_id: int) -> None:
    jobs.run(job_id)
