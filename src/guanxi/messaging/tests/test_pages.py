"""The pages of this room: who may see them, and that they do what they say."""

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.core.models import AuditEntry
from guanxi.core.testing import signed_in
from guanxi.messaging import delivery, services, suppressions
from guanxi.messaging.models import Message, MessageTemplate, OutboxMessage, Suppression
from guanxi.messaging.sender.running import send_due
from guanxi.messaging.templating.starters import STARTERS
from guanxi.messaging.testing import NOW, make_version, outgoing
from guanxi.messaging.tests.people import make_customer

pytestmark = pytest.mark.django_db
PAGES = {
    "messages": "messaging.view",
    "uncertain": "messaging.send",
    "outbox": "messaging.outbox",
    "templates": "messaging.view",
    "template_new": "messaging.templates",
    "suppressions": "messaging.view",
    "delivery": "messaging.settings",
}
FORM = {
    "name": "Spring",
    "subject": "Hello",
    "kind": "html",
    "purpose": "marketing",
    "language": "en",
    "source": "<p>Hi {{ customer.first_name | default: 'you' }}</p>",
}


@pytest.mark.parametrize(("name", "permission"), PAGES.items())
def test_each_page_opens_with_its_right_and_only_with_it(client: Client, name: str, permission: str) -> None:
    url = reverse(f"messaging:{name}")
    assert client.get(url).status_code == 302
    signed_in(client, permissions=["core.jobs"])
    assert client.get(url).status_code == 403
    signed_in(client, permissions=[permission])
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("name", ["template_preview", "template_test", "suppression_add", "delivery_check"])
def test_actions_are_posts_and_refused_without_the_right(client: Client, name: str) -> None:
    url = reverse(f"messaging:{name}")
    signed_in(client, permissions=["core.jobs"])
    assert client.post(url, FORM).status_code == 403
    assert Suppression.objects.count() == MessageTemplate.objects.count() == 0
    signed_in(client)
    assert client.get(url).status_code == 405


def test_writing_a_template(client: Client) -> None:
    signed_in(client, role="marketer")
    page = client.get(reverse("messaging:template_create", args=["offer", "zh-hant"]))
    assert page.status_code == 200
    made = client.post(reverse("messaging:template_create", args=["blank", "en"]), FORM)
    template = MessageTemplate.objects.get()
    assert made["Location"] == reverse("messaging:template", args=[template.pk])
    bad = client.post(made["Location"], {**FORM, "source": "one\n{% if %}"})
    assert bad.status_code == 422
    assert "Line 2" in bad.content.decode()
    assert template.latest.source == FORM["source"]
    client.post(reverse("messaging:template_archive", args=[template.pk]))
    assert MessageTemplate.objects.get().archived_at is not None


def test_a_reader_sees_a_template_and_cannot_save_it(client: Client) -> None:
    version = make_version()
    signed_in(client, role="read_only")
    url = reverse("messaging:template", args=[version.template_id])
    assert client.get(url).status_code == 200
    client.post(url, {**FORM, "source": "<p>changed</p>"})
    assert version.template.latest.source == version.source


def test_the_preview_is_shut_off_and_warns(client: Client) -> None:
    signed_in(client, role="marketer")
    url = reverse("messaging:template_preview")
    shown = client.post(url, {**FORM, "source": "<p>Hi {{ customer.first_name }}</p><script>x()</script>"})
    assert "Hi Robin" in shown.content.decode()
    assert "Line 1: customer.first_name" in shown.content.decode()
    assert shown["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    wrong = client.post(url, {**FORM, "source": "x\n{{ y"})
    assert "Line 2" in wrong.content.decode()
    starter = STARTERS["offer"].draft("zh-hans")
    crlf = {**FORM, "kind": "mjml", "source": starter.source.replace("\n", "\r\n"), "language": "zh-hans"}
    assert "林小雨" in client.post(url, crlf).content.decode()
    empty = client.post(url, {})
    assert empty.status_code == 200


def test_previewing_as_a_customer_needs_the_right_to_see_them(client: Client) -> None:
    customer = make_customer("ana@mail.example.com", name="Ana Lopez")
    url = reverse("messaging:template_preview")
    signed_in(client, permissions=["messaging.view"])
    assert "Hi Ana" not in client.post(url, {**FORM, "customer": str(customer)}).content.decode()
    signed_in(client, permissions=["messaging.view", "customers.reveal"])
    assert "Hi Ana" in client.post(url, {**FORM, "customer": f"#{customer}"}).content.decode()


def test_a_test_goes_to_oneself(client: Client, home) -> None:
    user = signed_in(client, role="marketer")
    said = client.post(reverse("messaging:template_test"), FORM).content.decode()
    assert user.email in said
    signed_in(client)
    page = client.get(reverse("messaging:outbox_message", args=[0])).content.decode()
    assert user.email in page
    assert "[Test] Hello" in page


@pytest.mark.django_db(transaction=True)
def test_the_outbox_shows_messages_as_sent_and_looking_opens_nothing(client: Client, home) -> None:
    customer = make_customer("ana@mail.example.com")
    services.queue_messages([outgoing(customer, make_version())], NOW)
    assert send_due(clock=lambda: NOW).sent == 1
    message = Message.objects.get()
    signed_in(client)
    assert "Hello Ana" in client.get(reverse("messaging:outbox")).content.decode()
    assert "ana@mail.example.com" in client.get(reverse("messaging:outbox_message", args=[message.pk])).content.decode()
    body = client.get(reverse("messaging:outbox_body", args=[message.pk]))
    assert "Hi Ana" in body.content.decode()
    assert "/messages/o/" not in body.content.decode()
    assert "sandbox" in body["Content-Security-Policy"]
    assert client.get(reverse("messaging:outbox_message", args=[message.pk + 1])).status_code == 404


def test_the_list_of_messages_asks_the_database_a_fixed_number_of_times(
    client: Client, django_assert_max_num_queries
) -> None:
    version = make_version()
    services.queue_messages([outgoing(make_customer(f"p{n}@mail.example.com"), version) for n in range(5)], NOW)
    signed_in(client, role="marketer")
    with django_assert_max_num_queries(16):
        page = client.get(reverse("messaging:messages")).content.decode()
    assert page.count("Waiting") >= 5
    assert "@mail.example.com" not in page


def test_suppressions_are_found_by_the_whole_address_only(client: Client) -> None:
    signed_in(client, role="marketer")
    add = reverse("messaging:suppression_add")
    client.post(add, {"address": "Eve@Mail.example.com", "note": "asked by phone"})
    client.post(add, {"address": "not an address", "note": "x"})
    client.post(add, {"address": "other@mail.example.com", "note": ""})
    row = Suppression.objects.get()
    assert (row.reason, row.note) == ("manual", "asked by phone")
    assert suppressions.find("eve@mail.example.com", "email") == row
    client.post(reverse("messaging:suppression_remove", args=[row.pk]), {"note": ""})
    assert Suppression.objects.count() == 1
    client.post(reverse("messaging:suppression_remove", args=[row.pk]), {"note": "asked to be written to"})
    assert Suppression.objects.count() == 0
    assert list(
        AuditEntry.objects.filter(action__startswith="suppression.").values_list("action", flat=True).order_by("id")
    ) == [
        "suppression.added",
        "suppression.removed",
    ]


def test_delivery_settings_are_kept(client: Client) -> None:
    signed_in(client)
    url = reverse("messaging:delivery")
    client.post(url, {"sender_name": "Tea", "reply_to": "help@shop.example", "track_opens": "on"})
    kept = delivery.load()
    assert (kept.sender_name, kept.reply_to, kept.track_opens, kept.track_clicks) == (
        "Tea",
        "help@shop.example",
        True,
        False,
    )
    assert client.post(reverse("messaging:delivery_check")).status_code == 302


def test_deciding_about_uncertain_messages(client: Client) -> None:
    services.queue_messages([outgoing(make_customer("ana@mail.example.com"), make_version())], NOW)
    Message.objects.update(state="uncertain", reason="cut_off")
    message = Message.objects.get()
    signed_in(client, role="marketer")
    assert "cut off" in client.get(reverse("messaging:messages")).content.decode()
    client.post(reverse("messaging:uncertain"), {"message": [str(message.pk)], "decision": "again"})
    message.refresh_from_db()
    assert message.state == "queued"
    assert OutboxMessage.objects.count() == 0


def test_trouble_is_told_on_every_page_to_those_who_may_see_messages(client: Client) -> None:
    delivery.note_trouble("The mail server mail.example is away.", now=NOW)
    signed_in(client, role="read_only")
    for path in ("/settings/profile/", reverse("messaging:messages")):
        assert client.get(path).content.decode().count("The mail server mail.example is away.") == 1
    signed_in(client, permissions=["commerce.view"])
    assert "is away" not in client.get("/settings/profile/").content.decode()
    delivery.clear_trouble()
    signed_in(client, role="read_only")
    assert "is away" not in client.get("/settings/profile/").content.decode()
