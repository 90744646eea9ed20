from collections.abc import Callable, Iterator
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from guanxi.core import jobs
from guanxi.core.jobs import JobFailed, Run
from guanxi.core.models import Job
from guanxi.core.models.jobs import JobState

pytestmark = pytest.mark.django_db

Define = Callable[[Callable[..., Any]], None]


@pytest.fixture
def kind() -> Iterator[Define]:
    """Makes a function the job "test"."""

    def define(function: Callable[..., Any]) -> None:
        jobs.job("test", label="Test")(function)

    yield define
    jobs.JOBS.pop("test", None)


def finished(row: Job) -> Job:
    jobs.run(row.pk)
    row.refresh_from_db()
    return row


def test_a_job_keeps_what_it_answers(kind: Define) -> None:
    kind(lambda run, *, number: {"twice": number * 2})
    row = finished(jobs.start("test", number=4))
    assert (row.state, row.result, row.attempts) == (JobState.SUCCEEDED, {"twice": 8}, 1)
    assert row.finished_at is not None


def test_a_failure_meant_for_people_is_shown_as_it_is(kind: Define) -> None:
    def fails(run: Run) -> None:
        raise JobFailed("The file is empty.")

    kind(fails)
    row = finished(jobs.start("test"))
    assert (row.state, row.error) == (JobState.FAILED, "The file is empty.")


def test_an_unexpected_failure_shows_nothing_of_the_data(kind: Define) -> None:
    def fails(run: Run) -> None:
        raise ValueError("王小明 13800138000")

    kind(fails)
    row = finished(jobs.start("test"))
    assert row.state == JobState.FAILED
    assert "138" not in row.error


def test_a_job_notices_that_it_should_stop(kind: Define) -> None:
    steps = []

    def counts(run: Run) -> None:
        for step in range(5):
            steps.append(step)
            if step == 1:
                jobs.cancel(Job.objects.get(pk=run.job_id))
            run.check()

    kind(counts)
    row = finished(jobs.start("test"))
    assert row.state == JobState.CANCELLED
    assert steps == [0, 1]


def test_a_job_cancelled_before_it_began_never_runs(kind: Define) -> None:
    ran = []
    kind(lambda run: ran.append(1))
    row = jobs.start("test")
    jobs.cancel(row)
    assert finished(row).state == JobState.CANCELLED
    assert ran == []


def test_a_failed_job_can_be_tried_again(kind: Define) -> None:
    outcomes: Iterator[Exception | None] = iter([JobFailed("no"), None])

    def tries(run: Run) -> None:
        if problem := next(outcomes):
            raise problem

    kind(tries)
    row = finished(jobs.start("test"))
    jobs.retry(row)
    row = finished(row)
    assert (row.state, row.error, row.attempts) == (JobState.SUCCEEDED, "", 2)


def test_a_finished_job_is_not_run_again(kind: Define) -> None:
    ran = []
    kind(lambda run: ran.append(1))
    row = finished(jobs.start("test"))
    jobs.run(row.pk)
    assert ran == [1]


def test_progress_is_shown_at_the_end(kind: Define) -> None:
    kind(lambda run: run.progress(10, total=10, message="rows"))
    row = finished(jobs.start("test"))
    assert (row.done, row.total, row.message) == (10, 10, "rows")


def test_a_job_tried_again_keeps_its_lock(kind: Define) -> None:
    def fails(run: Run) -> None:
        raise JobFailed("no")

    kind(fails)
    row = finished(jobs.start("test", lock="one at a time"))
    jobs.retry(row)
    queued = ProcrastinateJob.objects.filter(task_name="core.run_job", args={"job_id": row.pk})
    assert list(queued.values_list("lock", flat=True)) == ["one at a time", "one at a time"]


def test_a_job_of_a_kind_that_is_gone_says_so_when_tried_again(kind: Define) -> None:
    kind(lambda run: None)
    row = jobs.start("test")
    jobs.cancel(row)
    jobs.JOBS.pop("test")
    jobs.retry(row)
    row = finished(row)
    assert (row.state, row.attempts) == (JobState.FAILED, 1)
    assert "no such job any more" in row.error
