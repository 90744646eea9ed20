"""Pages and command of campaign results: sentence, numbers, rows behind them, and who may see them."""

import csv
import io
import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from guanxi.analytics.tests.reports.test_campaign_result import order
from guanxi.core import jobs
from guanxi.core.testing import signed_in
from guanxi.marketing import services
from guanxi.marketing.models import Campaign, CampaignMember, Variant
from guanxi.marketing.testing import NOW, a_campaign, people
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.django_db
AFTER = NOW + timedelta(days=30)


def launched(customer_ids: list[int], **changes: Any) -> int:
    campaign_id = a_campaign(customer_ids, **changes)
    jobs.run(services.launch(campaign_id, user=None, now=NOW))
    Campaign.objects.update(launched_at=NOW)
    CampaignMember.objects.update(assigned_at=NOW)
    return campaign_id


def deal(campaign_id: int, *, control: int) -> None:
    """Divide the members again, into groups of exactly the planned sizes: those that were drawn may miss them so far
    that the result, rightly, warns of it."""
    members = list(CampaignMember.objects.filter(campaign=campaign_id, excluded="").order_by("id"))
    variants = list(Variant.objects.filter(campaign=campaign_id).order_by("number"))
    arms = [None] * control + [variants[turn % len(variants)] for turn in range(len(members) - control)]
    random.Random(7).shuffle(arms)
    for member, arm in zip(members, arms, strict=True):
        member.variant = arm
    CampaignMember.objects.bulk_update(members, ["variant"])


def exported(campaign_id: int) -> list[dict[str, Any]]:
    """Members as exports.py hands them to the warehouse."""
    return [
        {
            "member_id": row.pk,
            "campaign_id": campaign_id,
            "customer_id": row.customer_id,
            "arm": None if row.excluded else row.variant_id or 0,
            "excluded": row.excluded,
            "assigned_at": row.assigned_at,
            "window_ends_at": row.assigned_at + timedelta(days=14),
        }
        for row in CampaignMember.objects.filter(campaign=campaign_id).order_by("id")
    ]


@pytest.fixture
def sold() -> Iterator[int]:
    """A campaign after which four of five written to, and one of five held out, bought for about 100.00."""
    campaign_id = launched([*people(500), *people(3, consent=False)], control_share=3000)
    deal(campaign_id, control=150)
    members = exported(campaign_id)
    orders = []
    for number, row in enumerate(members, start=1):
        if row["arm"] is not None and (number % 5 < 4 if row["arm"] else number % 5 == 0):
            orders.append(order(number, row["customer_id"], 10_000 + number, NOW + timedelta(days=1)))
    messages = [
        {"message_id": r["member_id"], "customer_id": r["customer_id"], "source_kind": "campaign", "sent_at": NOW}
        | {"source_id": campaign_id, "variant_id": r["arm"]}
        for r in members
        if r["arm"]
    ]
    with given({"campaign_members": members, "orders": orders, "messages": messages}, now=AFTER):
        yield campaign_id


def result_page(campaign_id: int) -> str:
    return reverse("analytics:campaign_result", args=[campaign_id])


def rows_page(campaign_id: int, arm: str, measure: str) -> str:
    return reverse("analytics:campaign_rows", args=[campaign_id, arm, measure])


def csv_rows(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def test_the_sentence_comes_first_and_every_number_links_to_its_rows(client: Client, sold: int) -> None:
    signed_in(client, role="marketer")
    page = client.get(result_page(sold)).content.decode()
    assert page.index("more than the control group (between") < page.index("Group by group")
    assert "It is very unlikely to be chance." in page
    assert rows_page(sold, "control", "buyers") in page
    assert rows_page(sold, "all", "revenue") in page
    assert "3 customers of the segment were in no group" in page
    assert "Yes (p = " in page


def test_the_group_by_group_tables_are_narrow_and_carry_their_labels_for_phones(client: Client, sold: int) -> None:
    signed_in(client, role="marketer")
    answer = client.get(result_page(sold))
    tables = answer.context["tables"]
    assert [str(head["label"]) for head in tables[0]["heads"]] == ["Customers", "Delivered", "Opened", "Clicked"]
    assert [str(table["heads"][-1]["label"]) for table in tables] == ["Clicked", "Return on cost"]
    assert 'data-label="Return on cost"' in answer.content.decode()


def test_nothing_is_claimed_while_there_is_not_enough_data(client: Client) -> None:
    campaign_id = launched(people(60), control_share=3000)
    members = exported(campaign_id)
    orders = [
        order(number, row["customer_id"], 10_000, NOW + timedelta(days=1))
        for number, row in enumerate((row for row in members if row["arm"]), start=1)
    ]
    with given({"campaign_members": members, "orders": orders}, now=AFTER):
        signed_in(client, role="marketer")
        page = client.get(result_page(campaign_id))
    assert page.context["sayings"][0].text.startswith("Not enough data yet")
    assert page.context["earned"] == ("–", "not measurable yet")
    for row in page.context["tables"][1]["rows"]:
        cells = {str(label): cell for label, cell in row["cells"]}
        assert [cells[name].text for name in ("Lift", "Return on cost")] == ["–", "–"]


def test_the_rows_behind_a_number_are_as_many_as_it_says(client: Client, sold: int) -> None:
    signed_in(client, role="marketer")
    table = csv_rows(client.get(result_page(sold) + "?format=csv"))
    by_group = {row[0]: dict(zip(table[0], row, strict=True)) for row in table[1:]}
    for arm, group in [("control", "Control group"), ("all", "All variants")]:
        for measure, column in [("customers", "Customers"), ("buyers", "Buyers"), ("orders", "Orders")]:
            rows = csv_rows(client.get(rows_page(sold, arm, measure) + "?format=csv"))
            assert len(rows) - 1 == int(by_group[group][column])
    revenue = csv_rows(client.get(rows_page(sold, "all", "revenue") + "?format=csv"))
    assert sum(round(float(row[-1]) * 100) for row in revenue[1:]) == round(
        float(by_group["All variants"]["Revenue"]) * 100
    )


def test_rows_show_masked_names_and_only_to_those_who_may_see_customers(client: Client, sold: int) -> None:
    signed_in(client, role="marketer")
    page = client.get(rows_page(sold, "control", "buyers")).content.decode()
    assert "B*** " in page and "mail.example" not in page
    client.logout()
    signed_in(client, permissions=["marketing.view"])
    page = client.get(rows_page(sold, "control", "buyers")).content.decode()
    assert "B*** " not in page and "No. " in page
    assert client.get(rows_page(sold, "control", "buyers") + "?format=csv").status_code == 403


def test_those_left_out_are_listed_with_their_reason(client: Client, sold: int) -> None:
    signed_in(client, role="marketer")
    rows = csv_rows(client.get(rows_page(sold, "left-out", "customers") + "?format=csv"))
    assert [row[1] for row in rows[1:]] == ["No consent"] * 3


def test_what_marketing_returned(client: Client, sold: int) -> None:
    """M1: "We spent 20 million on marketing last year. What did it return?\""""
    signed_in(client, role="marketer")
    address = reverse("analytics:campaign_returns")
    page = client.get(address, {"first": "2026-05-01", "last": "2026-05-31"}).content.decode()
    assert "that would not have come otherwise" in page and "more than it cost." in page
    assert "1 of 1" in page and result_page(sold) in page
    empty = client.get(address, {"first": "2025-05-01", "last": "2025-05-31"}).content.decode()
    assert "No campaign was launched in this period." in empty
    assert client.get(address, {"first": "2026-06-01", "last": "2026-05-31"}).status_code == 422
    table = csv_rows(client.get(address, {"first": "2026-05-01", "last": "2026-05-01", "format": "csv"}))
    assert [row[0] for row in table] == ["Campaign", "Mother's Day"]


def test_without_a_warehouse_the_page_says_to_wait(client: Client, home: Any) -> None:
    signed_in(client, role="marketer")
    campaign_id = launched(people(3))
    assert "The warehouse is still empty." in client.get(result_page(campaign_id)).content.decode()


def test_a_draft_has_no_result(client: Client) -> None:
    signed_in(client, role="marketer")
    campaign_id = a_campaign(people(2))
    assert client.get(result_page(campaign_id)).headers["Location"] == reverse("marketing:campaign", args=[campaign_id])


def test_pages_are_for_those_with_the_right(client: Client, sold: int) -> None:
    addresses = [result_page(sold), rows_page(sold, "all", "orders"), reverse("analytics:campaign_returns")]
    for address in addresses:
        assert client.get(address).status_code == 302
    signed_in(client, permissions=["customers.view"])
    for address in addresses:
        assert client.get(address).status_code == 403


@pytest.mark.parametrize(("arm", "measure"), [("99", "orders"), ("all", "nonsense"), ("left", "customers")])
def test_cells_that_are_not_there_are_not_found(client: Client, sold: int, arm: str, measure: str) -> None:
    signed_in(client)
    assert client.get(rows_page(sold, arm, measure)).status_code == 404


def command(*words: Any) -> Any:
    out = io.StringIO()
    call_command("campaign", *map(str, words), "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_tells_the_result(sold: int) -> None:
    answer = command("result", sold)
    assert answer["complete"] and "more than the control group" in answer["sentences"][0]
    assert [group["name"] for group in answer["groups"]] == ["A", "B", "Control group"]
    assert sum(group["customers"] for group in answer["groups"]) == 500
    assert command("status", sold)["status"] == "sending"
    assert command("pause", sold)["status"] == "paused"
    assert [one["campaign"] for one in command("list")] == [sold]


def test_the_command_makes_and_launches_a_campaign() -> None:
    from guanxi.marketing.testing import a_list, a_template_version
    from guanxi.messaging import queries as messaging

    a_template_version()
    template = messaging.templates()[0].id
    segment = a_list(people(10))
    words = ("--name", "X", "--segment", segment, "--variant", f"A:100:{template}", "--control", 20)
    number = command("create", *words)["campaign"]
    seen = command("review", number)
    assert (seen["audience"], seen["control"] + seen["variants"]["A"]) == (10, 10)
    jobs.run(command("launch", number)["job"])
    assert command("status", number)["audience"] == 10


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("status", 10**6), "There is no campaign no. 1000000."),
        (("create", "--name", "X", "--segment", 1, "--variant", "A"), "Write a variant as NAME:SHARE:TEMPLATE"),
        (("create", "--name", "X", "--segment", 10**6, "--variant", "A:100:1"), "Choose a segment."),
        (("create", "--name", "X", "--segment", 1, "--variant", "A:90:1"), "must add up to 100 %"),
    ],
)
def test_the_command_says_what_is_wrong(words: tuple[Any, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        command(*words)
