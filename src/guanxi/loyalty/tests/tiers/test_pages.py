"""The pages of tiers, from the empty one to a saved ladder, and who may do what there."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guanxi.core.models import AuditEntry
from guanxi.core.testing import signed_in
from guanxi.loyalty.models.tiers import Tier, TierMember, TierProgramme
from guanxi.loyalty.tests.tiers.shopping import buy
from guanxi.loyalty.tiers import services
from guanxi.loyalty.tiers.testing import draft, moves, programme, tier, tier_names
from guanxi.loyalty.tiers.web.forms import initial_of, tier_initials

pytestmark = pytest.mark.django_db


def sent(wanted: Any, **more: str) -> dict[str, str]:
    """What a browser sends of a programme's form."""
    values = {name: value for name, value in initial_of(wanted).items() if value is not None}
    rows = tier_initials(wanted.tiers, "CNY")
    values |= {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        values |= {f"form-{number}-{name}": value for name, value in row.items() if value not in (None, False)}
    return {name: str(value) for name, value in values.items()} | more


def test_without_a_programme_the_page_says_how_to_begin(client: Client) -> None:
    signed_in(client, role="marketer")
    assert "Begin with silver, gold, platinum and diamond" in client.get(reverse("loyalty:tiers")).content.decode()
    page = client.get(reverse("loyalty:tier_programme_new")).content.decode()
    assert [name in page for name in ("Silver", "Gold", "Platinum", "Diamond")] == [True] * 4


def test_preview_then_save_does_what_was_seen(client: Client) -> None:
    signed_in(client, role="marketer")
    now = timezone.now()
    gold, silver = buy(1, 60_000, now - timedelta(days=1)), buy(2, 10_000, now - timedelta(days=1))
    wanted = draft()
    page = client.post(reverse("loyalty:tier_programme_new"), sent(wanted, preview="yes")).content.decode()
    assert "2 customers move if you save now." in page
    assert "1 at once" in page
    assert TierProgramme.objects.count() == 0
    assert Tier.objects.count() == 0
    answer = client.post(reverse("loyalty:tier_programme_new"), sent(wanted, save="yes"), follow=True)
    club = TierProgramme.objects.get()
    assert tier_names(club.pk) == {gold: "Gold", silver: "Silver"}
    assert "Saved: 2 customers rose, 0 went down." in answer.content.decode()
    assert AuditEntry.objects.filter(action="tiers.created", subject_id=club.pk).count() == 1


def test_a_change_of_rules_shows_who_falls_and_when(client: Client) -> None:
    signed_in(client, role="marketer")
    now = timezone.now()
    one = buy(1, 60_000, now - timedelta(days=1))
    club = programme(now=now)
    ids = list(Tier.objects.order_by("rank").values_list("pk", flat=True))
    wanted = draft(tier("Silver", 10_000, tier_id=ids[0]), tier("Gold", 90_000, tier_id=ids[1]))
    page = client.post(reverse("loyalty:tier_programme_edit", args=[club]), sent(wanted, preview="yes"))
    day = (timezone.localtime(now).date() + timedelta(days=30)).isoformat()
    assert f"1 from {day}, unless the tier is met again before" in page.content.decode()
    client.post(reverse("loyalty:tier_programme_edit", args=[club]), sent(wanted, save="yes"))
    member = TierMember.objects.get()
    assert (tier_names(club), member.loses_on) == ({one: "Gold"}, timezone.localtime(now).date() + timedelta(days=30))


def test_a_tier_taken_out_hands_its_members_to_the_next_lower(client: Client) -> None:
    signed_in(client, role="marketer")
    now = timezone.now()
    one = buy(1, 60_000, now - timedelta(days=1))
    club = programme(tier("Silver", 10_000), tier("Gold", 50_000), tier("Diamond", 90_000), now=now)
    silver, _gold, diamond = Tier.objects.order_by("rank").values_list("pk", flat=True)
    wanted = draft(tier("Silver", 20_000, tier_id=silver), tier("Diamond", 90_000, tier_id=diamond))
    client.post(reverse("loyalty:tier_programme_edit", args=[club]), sent(wanted, save="yes"))
    assert tier_names(club) == {one: "Silver"}
    assert moves(club)[-1] == (one, "Gold", "Silver", "rules")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"form-1-min_spend": "50.00"}, "“Gold” asks for less than “Silver”, which stands below it."),
        ({"form-0-min_spend": ""}, "“Silver” has no condition"),
        ({"form-1-name": "silver"}, "Two tiers have the same name."),
        ({"form-0-DELETE": "on", "form-1-DELETE": "on"}, "A programme has between 1 and 30 tiers."),
        ({"window_days": "0"}, "greater than or equal to 1"),
        ({"downgrade": "yearly", "fall_month": "2", "fall_day": "30"}, "Day of the month"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(client: Client, wrong: dict[str, str], said: str) -> None:
    signed_in(client, role="marketer")
    answer = client.post(reverse("loyalty:tier_programme_new"), sent(draft(), save="yes") | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert TierProgramme.objects.count() == 0


def test_one_more_row_and_back_to_the_rules(client: Client) -> None:
    signed_in(client, role="marketer")
    url = reverse("loyalty:tier_programme_new")
    assert 'name="form-2-name"' in client.post(url, sent(draft(), add="yes")).content.decode()
    back = client.post(url, sent(draft(), change="yes"))
    assert (back.status_code, 'value="Gold"' in back.content.decode()) == (200, True)


def test_lists_of_members_and_moves(client: Client, django_assert_max_num_queries: Any) -> None:
    signed_in(client, role="marketer")
    now = timezone.now()
    people = [buy(number, number * 10_000, now - timedelta(days=1)) for number in range(1, 7)]
    club = programme(now=now)
    with django_assert_max_num_queries(14):
        page = client.get(reverse("loyalty:tier_members", args=[club])).content.decode()
    assert page.count("/customers/") >= 6
    gold = Tier.objects.get(name="Gold").pk
    page = client.get(reverse("loyalty:tier_members", args=[club]), {"tier": gold}).content.decode()
    assert [f"/customers/{one}/" in page for one in people] == [False] * 4 + [True] * 2
    exported = b"".join(client.get(reverse("loyalty:tier_members", args=[club]), {"format": "csv"}))  # type: ignore[arg-type]
    assert exported.decode().count("Gold") == 2
    page = client.get(reverse("loyalty:tier_history", args=[club])).content.decode()
    assert "Earned: ¥600.00 with 1 order since" in page
    ladder = client.get(reverse("loyalty:tiers")).content.decode()
    assert "66.7 %" in ladder


def test_set_by_hand_and_taken_back(client: Client) -> None:
    signed_in(client, role="service")
    now = timezone.now()
    one = buy(1, 12_000, now - timedelta(days=1))
    club = programme(now=now)
    gold = Tier.objects.get(name="Gold")
    until = timezone.localtime(now).date() + timedelta(days=10)
    url = reverse("loyalty:tier_set", args=[one])
    refused = client.post(url, {"tier": gold.pk, "until": until - timedelta(days=11), "note": "x"})
    assert "The last day is over already" in refused.content.decode()
    assert client.post(url, {"tier": gold.pk, "until": until, "note": ""}).status_code == 422
    assert tier_names(club) == {one: "Silver"}
    page = client.post(
        url, {"tier": gold.pk, "until": until, "note": "Our oldest friend"}, follow=True
    ).content.decode()
    assert "Set by hand: Our oldest friend" in page
    assert (tier_names(club), TierMember.objects.get().loses_on) == ({one: "Gold"}, until + timedelta(days=1))
    grant = services.TierGrant.objects.get().pk
    client.post(reverse("loyalty:tier_take_back", args=[one, grant]))
    assert tier_names(club) == {one: "Silver"}
    assert [reason for _one, _from, _to, reason in moves(club)] == ["earned", "by_hand", "hand_ended"]


def test_the_customer_page_shows_the_way_to_the_next_tier(client: Client) -> None:
    signed_in(client, role="marketer")
    now = timezone.now()
    bought = now - timedelta(days=5)
    one = buy(1, 38_000, bought)
    programme(now=now)
    page = client.get(reverse("customers:page", args=[one])).content.decode()
    day = (timezone.localtime(bought).date() + timedelta(days=364)).isoformat()
    assert f"¥120.00 more until Gold by {day}" in page
    assert "– → Silver" in page


def test_ending_a_programme_takes_every_tier_and_keeps_the_history(client: Client) -> None:
    signed_in(client, role="marketer")
    now = timezone.now()
    one = buy(1, 60_000, now - timedelta(days=1))
    club = programme(now=now)
    client.post(reverse("loyalty:tier_programme_close", args=[club]))
    assert tier_names(club) == {}
    assert moves(club) == [(one, "", "Gold", "earned"), (one, "Gold", "", "closed")]
    assert programme(now=now) != club


PAGES = [
    ("loyalty:tiers", (), "get", "loyalty.tiers"),
    ("loyalty:tier_members", ("club",), "get", "loyalty.tiers"),
    ("loyalty:tier_history", ("club",), "get", "loyalty.tiers"),
    ("loyalty:tier_customer", ("one",), "get", "loyalty.tiers"),
    ("loyalty:tier_programme_new", (), "post", "loyalty.tiers_edit"),
    ("loyalty:tier_programme_edit", ("club",), "post", "loyalty.tiers_edit"),
    ("loyalty:tier_evaluate", ("club",), "post", "loyalty.tiers_edit"),
    ("loyalty:tier_programme_close", ("club",), "post", "loyalty.tiers_edit"),
    ("loyalty:tier_set", ("one",), "post", "loyalty.tiers_set"),
    ("loyalty:tier_take_back", ("one", "grant"), "post", "loyalty.tiers_set"),
]


@pytest.mark.parametrize(("name", "arguments", "method", "right"), PAGES)
def test_only_with_the_right(client: Client, name: str, arguments: tuple[str, ...], method: str, right: str) -> None:
    now = timezone.now()
    one = buy(1, 60_000, now - timedelta(days=1))
    club = programme(now=now)
    until = timezone.localtime(now).date()
    gold = Tier.objects.get(name="Gold")
    grant = services.set_by_hand(one, tier_id=gold.pk, until=until, note="x", now=now)
    numbers = {"club": club, "one": one, "grant": grant}
    url = reverse(name, args=[numbers[argument] for argument in arguments])
    before = (list(TierMember.objects.values()), list(services.TierGrant.objects.values()), moves(club))
    others = [
        code for code in ("loyalty.tiers", "loyalty.tiers_edit", "loyalty.tiers_set", "customers.view") if code != right
    ]
    signed_in(client, permissions=others)
    assert getattr(client, method)(url, sent(draft(), save="yes")).status_code == 403
    assert (list(TierMember.objects.values()), list(services.TierGrant.objects.values()), moves(club)) == before
    signed_in(client, permissions=[right])
    assert getattr(client, method)(url).status_code in (200, 302, 422)
