"""A message with the reader's own code: given in a set when it goes, the same again when a run goes on."""

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from guanxi.customers.testing import customers
from guanxi.loyalty.coupons import services
from guanxi.loyalty.coupons.codes import pretty
from guanxi.loyalty.coupons.message_codes import CouponCodes
from guanxi.loyalty.models import Coupon, IssuedCoupon
from guanxi.loyalty.testing import a_basket, a_coupon
from guanxi.messaging import authoring
from guanxi.messaging import services as messaging
from guanxi.messaging.models import Message
from guanxi.messaging.sender.running import send_due
from guanxi.messaging.templating.compiling import Draft, compile_draft
from guanxi.messaging.testing import NOW, make_version, outgoing
from guanxi.messaging.tests.people import make_customers
from guanxi.messaging.tests.servers import ScriptedServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings: Any, home: Any) -> Any:
    with ScriptedServer() as running:
        settings.SMTP_URL, settings.EMAIL_CONNECTIONS = running.url, 1
        settings.DEFAULT_FROM_EMAIL = "shop@shop.example"
        yield running


def queue(source: str, number: int = 3) -> list[int]:
    version = make_version(kind="text", subject="For you", source=source)
    people = make_customers(number)
    messaging.queue_messages([outgoing(one, version) for one in people], NOW)
    return people


def words(server: ScriptedServer) -> list[str]:
    mails = [message_from_bytes(one[1], policy=policy.default) for one in server.taken]
    return sorted(mail.get_body(("plain",)).get_content().split("\n")[0].strip() for mail in mails)


def states() -> set[tuple[str, str]]:
    return set(Message.objects.values_list("state", "reason"))


def test_everyone_gets_a_code_of_their_own_that_works(server: ScriptedServer) -> None:
    coupon = a_coupon(code_style="unique", now=NOW)
    people = queue(f"Code: {{{{ coupon.code_{coupon} }}}}")
    assert send_due(clock=lambda: NOW).sent == 3
    held = {row.customer_id: pretty(row.code or "") for row in IssuedCoupon.objects.all()}
    assert words(server) == sorted(f"Code: {code}" for code in held.values())
    assert set(held) == set(people)
    services.redeem(a_basket(customer_id=people[0]), [held[people[0]]], order_number="N1", now=NOW)


def test_a_run_that_goes_on_gives_the_same_code_and_no_second(server: ScriptedServer) -> None:
    coupon = a_coupon(code_style="unique", now=NOW)
    people, name = customers(3), f"coupon.code_{coupon}"
    first = CouponCodes().values([name], people, now=NOW)
    assert CouponCodes().values([name], people, now=NOW + timedelta(days=1)) == first
    assert len({said[name] for said in first.values()}) == 3
    assert IssuedCoupon.objects.count() == Coupon.objects.get().issued == 3


def test_who_has_no_code_that_works_is_left_out_with_a_reason(server: ScriptedServer) -> None:
    coupon = a_coupon(code_style="unique", now=NOW)
    source = f"Code: {{{{ coupon.code_{coupon} }}}}"
    people = queue(source)
    services.issue(coupon, people[:1], now=NOW)
    services.void([IssuedCoupon.objects.get().pk], user=None, now=NOW)
    assert send_due(clock=lambda: NOW).sent == 2
    assert states() == {("sent", ""), ("skipped", "no_value")}


def test_a_coupon_that_is_no_longer_in_use_leaves_the_fall_back(server: ScriptedServer) -> None:
    coupon = a_coupon(code_style="unique", now=NOW)
    queue(f"Code: {{{{ coupon.code_{coupon} | default: 'at the till' }}}}", 2)
    services.set_state(coupon, "archived", user=None, now=NOW)
    assert send_due(clock=lambda: NOW).sent == 2
    assert words(server) == ["Code: at the till"] * 2
    assert not IssuedCoupon.objects.exists()


def test_who_may_not_be_written_to_is_given_nothing(server: ScriptedServer) -> None:
    coupon = a_coupon(code_style="unique", now=NOW)
    version = make_version(kind="text", source=f"{{{{ coupon.code_{coupon} }}}}")
    people = make_customers(2, consent=False)
    messaging.queue_messages([outgoing(one, version) for one in people], NOW)
    send_due(clock=lambda: NOW)
    assert not IssuedCoupon.objects.exists()


def test_one_code_for_all_is_said_too_and_html_is_filled(server: ScriptedServer) -> None:
    coupon = a_coupon(shared_code="SPRING26", holders_only=True, now=NOW)
    version = make_version(source=f"<p>{{{{ coupon.code_{coupon} }}}}</p>")
    (person,) = make_customers(1)
    messaging.queue_messages([outgoing(person, version)], NOW)
    assert send_due(clock=lambda: NOW).sent == 1
    assert "SPRING26" in server.taken[0][1].decode()
    assert IssuedCoupon.objects.get().customer_id == person


def test_the_editor_knows_the_coupons_in_use() -> None:
    coupon = a_coupon(code_style="unique", now=NOW)

    def problems(source: str) -> list[tuple[str, bool]]:
        return [(one.message, one.error) for one in compile_draft(Draft("text", "Hi", source)).problems]

    name = f"coupon.code_{coupon}"
    assert problems(f"{{{{ {name} | default: 'none' }}}}") == []
    ((said, error),) = problems(f"{{{{ {name} }}}}")
    assert (said.startswith(f"Who has no {name} gets no message"), error) == (True, False)
    assert problems("{{ coupon.code_999999 | default: 'x' }}") == [
        ("There is no variable coupon.code_999999; nothing will stand here.", True)
    ]
    compiled = compile_draft(Draft("text", "Hi", f"{{{{ {name} | default: 'none' }}}}"))
    shown = authoring.preview(compiled, "Hi", authoring.sample_card())
    assert (shown.filled.text.split("\n")[0], shown.missing) == ("ABCD-EFGH-JKMN", ())
