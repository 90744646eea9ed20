"""The conformance suite, run on every channel there is."""

import pytest

from guanxi.messaging import delivery, reactions, services, suppressions
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.channels.base import InboundKind
from guanxi.messaging.models import Message, OutboxMessage, Suppression
from guanxi.messaging.sender.running import send_due
from guanxi.messaging.templating.filling import Filled
from guanxi.messaging.testing import NOW, make_version, outgoing
from guanxi.messaging.tests.conformance import SAMPLES, Sample
from guanxi.messaging.tests.people import make_customer, make_customers

CASES = pytest.mark.parametrize("name", CHANNELS.names())


def clock():
    return NOW


def sample(name: str) -> Sample:
    assert name in SAMPLES, f"the channel {name} has no sample in conformance.py"
    return SAMPLES[name]


@CASES
def test_says_what_it_is(name: str) -> None:
    channel = CHANNELS.get(name)
    assert channel.name == name
    assert str(channel.label)
    assert channel.icon
    assert channel.template_kinds


@CASES
def test_equal_addresses_are_one_and_unusable_ones_are_none(name: str) -> None:
    channel, case = CHANNELS.get(name), sample(name)
    assert channel.normalise(case.good) == channel.normalise(case.same) != ""
    assert channel.digest(case.good) == channel.digest(case.same)
    assert [channel.normalise(bad) for bad in case.bad] == [""] * len(case.bad)


@CASES
@pytest.mark.django_db
def test_composing_the_same_message_twice_gives_the_same_bytes(name: str) -> None:
    channel = CHANNELS.get(name)
    filled = Filled("Hello", "Hi", ["<p>Hi</p>"])
    made = [
        channel.compose(
            filled, address=sample(name).good, message_id=5, marketing=True, options=delivery.load(), now=NOW
        )
        for _ in range(2)
    ]
    assert made[0] == made[1]


@CASES
@pytest.mark.django_db
def test_consent_blocks_when_queueing_and_again_when_sending(name: str, home) -> None:
    version = make_version()
    never, asked_to_stop = make_customer("never@mail.example.com", consent=None), make_customers(1)[0]
    result = services.queue_messages([outgoing(never, version), outgoing(asked_to_stop, version)], NOW)
    assert (result.queued, dict(result.refused)) == (1, {"no_consent": 1})
    message = Message.objects.get(customer_id=asked_to_stop)
    assert reactions.unsubscribe(message.pk, now=NOW)
    report = send_due(clock=clock)
    assert (report.sent, report.skipped) == (0, 1)
    assert list(Message.objects.values_list("state", "reason")) == [("skipped", "no_consent")] * 2
    assert OutboxMessage.objects.count() == 0


@CASES
@pytest.mark.django_db
def test_each_kind_of_report_is_read_and_noise_is_not(name: str) -> None:
    channel, case = CHANNELS.get(name), sample(name)
    for kind, make in case.inbound.items():
        assert [(found.kind, found.message_id) for found in channel.read_inbound(make(77))] == [(kind, 77)]
    assert [channel.read_inbound(raw) for raw in case.noise] == [[]] * len(case.noise)


@CASES
@pytest.mark.django_db(transaction=True)
def test_final_failure_suppresses_and_passing_failure_counts(name: str, home) -> None:
    version, channel, case = make_version(), CHANNELS.get(name), sample(name)
    final, passing = make_customers(2)
    services.queue_messages([outgoing(final, version), outgoing(passing, version)], NOW)
    assert send_due(clock=clock).sent == 2
    for customer, kind in ((final, InboundKind.HARD_BOUNCE), (passing, InboundKind.SOFT_BOUNCE)):
        number = Message.objects.get(customer_id=customer).pk
        for _twice in range(2):
            for inbound in channel.read_inbound(case.inbound[kind](number)):
                assert reactions.take_inbound(inbound, now=NOW)
    assert list(Message.objects.order_by("id").values_list("state", "reason")) == [
        ("bounced", "hard_bounce"),
        ("bounced", "soft_bounce"),
    ]
    assert list(Suppression.objects.values_list("reason", flat=True)) == ["hard_bounce"]
    again = services.queue_messages([outgoing(final, version), outgoing(passing, version)], NOW)
    assert (again.queued, dict(again.refused)) == (1, {"suppressed": 1})
    assert suppressions.SOFT_LIMIT > 1


@CASES
@pytest.mark.django_db(transaction=True)
def test_sending_is_idempotent(name: str, home) -> None:
    version = make_version()
    (customer,) = make_customers(1)
    one = outgoing(customer, version, key="campaign:1:customer:1")
    assert services.queue_messages([one, one], NOW).queued == 1
    assert services.queue_messages([one], NOW).already == 1
    assert send_due(clock=clock).sent == 1
    assert send_due(clock=clock).sent == 0
    assert services.queue_messages([one], NOW).already == 1
    assert OutboxMessage.objects.count() == 1
