from guanxi.core.event_types import KINDS
from guanxi.segments.event_kinds import ASKED_OTHERWISE, EVENT_KINDS


def test_every_event_a_segment_asks_about_is_announced_and_has_a_name() -> None:
    assert set(EVENT_KINDS) <= set(KINDS)
    assert set(KINDS) >= ASKED_OTHERWISE
    assert all(str(label) for label in EVENT_KINDS.values())
    assert {"order.paid", "order.refunded", "consent.granted", "message.unsubscribed"} <= set(EVENT_KINDS)
