"""Someone with the read-only role sees the pages of the merchant's case, and can change nothing on any of them."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from guanxi.commerce import queries as commerce
from guanxi.commerce.testing import order, record, shop
from guanxi.core.models import AuditEntry, Job
from guanxi.core.testing import signed_in
from guanxi.customers import queries as customers
from guanxi.marketing.models import Campaign
from guanxi.marketing.testing import a_campaign, a_template_version, people
from guanxi.messaging.models import MessageTemplate, OutboxMessage, TemplateVersion
from guanxi.segments.models import Segment
from guanxi.warehouse import services as warehouse

pytestmark = pytest.mark.django_db(transaction=True)
LOOK = [
    "/",
    "/customers/",
    "/customers/{customer}/",
    "/customers/people/",
    "/orders/",
    "/orders/{order}/",
    "/orders/imports/",
    "/orders/shops/",
    "/segments/",
    "/segments/{segment}/",
    "/messages/templates/",
    "/messages/templates/{template}/",
    "/campaigns/",
    "/campaigns/{campaign}/review/",
    "/insights/",
]
CLOSED = [
    "/customers/new/",
    "/customers/{customer}/edit/",
    "/orders/imports/new/",
    "/orders/shops/new/",
    "/segments/new/",
    "/segments/{segment}/edit/",
    "/messages/templates/new/",
    "/messages/outbox/",
    "/campaigns/new/",
    "/campaigns/{campaign}/edit/",
    "/settings/audit/",
    "/settings/users/",
]
CHANGES: dict[str, dict[str, str]] = {
    "/customers/{customer}/reveal/": {"field": "phone"},
    "/customers/{customer}/tag/": {"tag": "VIP"},
    "/customers/{customer}/consent/": {"channel": "email", "granted": "no"},
    "/customers/{customer}/erase/": {},
    "/orders/imports/new/": {"shop": "new", "name": "Mine"},
    "/segments/{segment}/archive/": {},
    "/segments/{segment}/refresh/": {},
    "/messages/templates/{template}/": {"name": "Mine"},
    "/messages/templates/{template}/archive/": {},
    "/campaigns/{campaign}/launch/": {"audience": "5"},
    "/campaigns/{campaign}/edit/": {"name": "Mine"},
    "/campaigns/{campaign}/delete/": {},
}


@pytest.fixture
def ids(home: Path) -> dict[str, int]:
    """A merchant with an order, a segment of five customers, a template and the draft of a campaign."""
    record([order(1, phone="+8613912340001")], shop=shop())
    members = people(5)
    campaign = Campaign.objects.get(pk=a_campaign(members))
    warehouse.refresh(now=timezone.now())
    return {
        "customer": members[0],
        "order": commerce.orders_of(customers.newest_ids(limit=6)[-1], limit=1)[0].id,
        "segment": campaign.segment_id,
        "template": TemplateVersion.objects.get(pk=a_template_version()).template_id,
        "campaign": campaign.pk,
    }


def everything() -> tuple[object, ...]:
    """What would differ if any of the changes went through."""
    return (
        customers.profiles(customers.newest_ids(limit=9)),
        list(Segment.objects.order_by("pk").values()),
        list(MessageTemplate.objects.order_by("pk").values()),
        list(Campaign.objects.order_by("pk").values()),
        [one.name for one in commerce.shops()],
        Job.objects.count(),
        OutboxMessage.objects.count(),
        AuditEntry.objects.exclude(action="user.signed_in").count(),
    )


def test_what_is_closed_stays_closed(client: Client, ids: dict[str, int]) -> None:
    signed_in(client, role="read_only")
    before = everything()
    answers = {address: client.get(address.format(**ids)).status_code for address in CLOSED}
    assert answers == dict.fromkeys(CLOSED, 403)
    refused = {address: client.post(address.format(**ids), sent).status_code for address, sent in CHANGES.items()}
    refused.pop("/messages/templates/{template}/")  # a page to look at, too, that takes nothing from this person
    assert set(refused.values()) == {403}, refused
    assert everything() == before


@pytest.mark.browser
def test_pages_may_be_looked_at_and_offer_no_change(page_as: Callable[..., Page], ids: dict[str, int]) -> None:
    """A form may only post to the page itself: lists are searched and their columns chosen so."""
    page = page_as("read_only")
    closed = {address.format(**ids) for address in (*CLOSED, *CHANGES)} - {f"/messages/templates/{ids['template']}/"}
    for address in LOOK:
        # Leaving a page while it still asks for something would show as an error of its scripts.
        answer = page.goto(address.format(**ids), timeout=60_000, wait_until="networkidle")
        assert answer is not None and answer.ok, (address, answer)
        expect(page.locator("h1")).to_be_visible()
        here = urlsplit(page.url).path
        posts = {urlsplit(href).path for href in page.locator("main form[method=post]").evaluate_all(ACTIONS)}
        links = {urlsplit(href).path for href in page.locator("a[href]").evaluate_all(ADDRESSES)}
        assert (posts - {here}, links & closed) == (set(), set()), address


ACTIONS = "forms => forms.map(form => form.action)"
ADDRESSES = "links => links.map(link => link.href)"
