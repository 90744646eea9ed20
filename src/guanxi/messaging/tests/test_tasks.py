"""The worker starts sending by itself, and waits when the server needs a pause."""

from datetime import timedelta

import pytest
from django.utils import timezone

from guanxi.core import jobs
from guanxi.core.models import Job
from guanxi.messaging import delivery, services
from guanxi.messaging.models import Message, OutboxMessage
from guanxi.messaging.tasks import forget_outbox, start_when_due
from guanxi.messaging.testing import make_version, outgoing
from guanxi.messaging.tests.people import make_customers

pytestmark = pytest.mark.django_db(transaction=True)


def queue(number: int) -> None:
    version = make_version(now=timezone.now())
    people = make_customers(number, now=timezone.now())
    services.queue_messages([outgoing(customer, version) for customer in people], timezone.now())


def test_due_messages_start_one_job_which_sends_them(home) -> None:
    start_when_due()
    assert Job.objects.count() == 0
    queue(3)
    start_when_due()
    start_when_due()
    job = Job.objects.get()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["sent"]) == ("succeeded", 3)
    start_when_due()
    assert Job.objects.count() == 1


def test_messages_held_by_a_dead_run_start_the_job(home) -> None:
    queue(1)
    Message.objects.update(state="sending", claimed_at=timezone.now() - timedelta(hours=2))
    start_when_due()
    jobs.run(Job.objects.get().pk)
    assert Message.objects.get().state == "uncertain"


def test_trouble_is_told_and_waited_out(home, settings) -> None:
    queue(1)
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    start_when_due()
    job = Job.objects.get()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "127.0.0.1" in job.error
    start_when_due()
    assert Job.objects.count() == 1
    assert delivery.trouble().failures == 1
    assert Message.objects.get().state == "queued"


@pytest.mark.parametrize(("days", "left"), [(30, [2, 3]), (0, [1, 2, 3])])
def test_the_outbox_forgets_messages_after_the_days_that_are_set(days: int, left: list[int], settings) -> None:
    settings.OUTBOX_DAYS = days
    now = timezone.now()
    for number, age in ((1, timedelta(days=30, minutes=1)), (2, timedelta(days=29, hours=23)), (3, timedelta())):
        OutboxMessage.objects.create(message_id=number, content="x", at=now - age)
    forget_outbox()
    assert list(OutboxMessage.objects.order_by("message_id").values_list("message_id", flat=True)) == left
