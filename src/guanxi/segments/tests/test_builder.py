"""The builder: conditions are added, moved and saved, with and without scripts; the count follows."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guanxi.core.models import Job
from guanxi.core.testing import signed_in
from guanxi.segments import queries
from guanxi.segments.conditions import CONDITIONS
from guanxi.segments.conditions.names import Names
from guanxi.segments.definition import parse, to_json
from guanxi.segments.models import Segment
from guanxi.segments.starters import STARTERS
from guanxi.segments.tests import people, readings
from guanxi.segments.tests.examples import EXAMPLES
from guanxi.segments.tests.people import NOW
from guanxi.segments.web import draft as drafts
from guanxi.segments.web.bound import bind
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.django_db
NAMES = Names(shops=people.SHOPS, segments={people.LIST_ID: "Fair"}, currency="CNY")


@pytest.fixture
def warehouse() -> Iterator[people.World]:
    world = people.world()
    with given(world.tables, now=NOW):
        yield world


@pytest.fixture
def marketer(client: Client) -> Client:
    signed_in(client, role="marketer")
    return client


def test_adds_moves_and_removes() -> None:
    draft = drafts.change(drafts.empty(), "add:n:orders")
    draft = drafts.change(draft, "group:n")
    draft = drafts.change(draft, "add:n.1:has_email")
    draft = drafts.change(draft, "up:n.1")
    assert [child.get("condition", "group") for child in draft["of"]] == ["group", "orders"]
    assert draft["of"][0]["of"] == [{"condition": "has_email"}]
    draft = drafts.change(draft, "remove:n.0.0")
    assert draft["of"][0]["of"] == []
    for nonsense in ("", "add:n:astrology", "remove:n", "remove:n.9", "up:x.y", "add:n.7:orders", "add:n.1:orders"):
        assert drafts.change(draft, nonsense) == draft


def test_what_is_incomplete_is_left_out_of_the_count() -> None:
    draft = {"match": "all", "of": [{"condition": "region", "values": []}, {"condition": "has_email"}]}
    draft["of"].append({"match": "any", "of": []})
    assert drafts.complete(draft) == ({"match": "all", "of": [{"condition": "has_email"}]}, 2)


def inputs(node: dict[str, Any], place: str = "n") -> dict[str, Any]:
    """What a browser sends for a definition, by the rules of the templates."""
    if "of" in node:
        sent: dict[str, Any] = {f"{place}.match": [node["match"]]}
        for number, child in enumerate(node["of"]):
            sent |= inputs(child, f"{place}.{number}")
        return sent
    sent = {f"{place}.condition": [node["condition"]]}
    bound = bind({"match": "all", "of": [node]}, NAMES, errors=True).of[0]
    for field in bound.fields:
        name = f"{place}.{field.field.name}"
        assert not field.error
        template = field.field.template.rpartition("/")[2]
        if template == "comparison.html":
            sent |= {f"{name}.op": [next(iter(field.value))], f"{name}.value": [field.inputs[0]]}
            sent[f"{name}.to"] = [field.inputs[1]]
        elif template == "period.html":
            unit = next(value for value, _label, chosen in field.options if chosen)
            sent[f"{name}.unit"] = [unit]
            sent |= {f"{name}.{part}": [text] for part, text in field.inputs.items()}
        elif template == "range.html":
            sent |= {f"{name}.low": [str(field.value[0])], f"{name}.high": [str(field.value[1])]}
        elif template == "switch.html":
            sent |= {name: ["yes"]} if field.value else {}
        elif template == "asked.html":
            drawn = field.inputs
            sent |= {f"{name}.field": [str(field.value["field"])], f"{name}.asks": [drawn["asks"]]}
            sent |= {f"{name}.{part}": [drawn[part]] for part in ("low", "high", "days")}
            sent |= {f"{name}.texts": [*drawn["texts"], ""]}
            sent |= {f"{name}.choices": [value for value, _label, chosen in drawn["choices"] if chosen]}
            sent |= {f"{name}.period.{part}": [text] for part, text in drawn["period"].items()}
            sent |= {f"{name}.period.unit": [value for value, _label, chosen in drawn["units"] if chosen]}
        elif template == "values.html":
            sent[name] = [*field.value, ""]
        else:
            sent[name] = [value for value, _label, chosen in field.options if chosen]
    return sent


@pytest.mark.parametrize("name", CONDITIONS.names())
def test_a_form_gives_back_what_it_was_drawn_from(name: str) -> None:
    for params in EXAMPLES[name]:
        definition = to_json(parse({"condition": name, **params}))
        assert to_json(parse(drafts.read(inputs(definition), NAMES))) == definition


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.key)
def test_starters_open_filled_in(starter: Any, marketer: Client, warehouse: people.World) -> None:
    page = marketer.get(reverse("segments:new"), {"from": starter.key})
    assert page.status_code == 200
    definition = to_json(parse(dict(starter.definition)))
    assert drafts.read(inputs(definition), NAMES) == definition
    assert f'data-total="{queries.count(definition, now=timezone.now())}"' in page.content.decode()


def test_a_definition_in_the_address_opens_filled_in(marketer: Client, warehouse: people.World) -> None:
    cell = {"match": "all", "of": [{"condition": "rfm", "recency": [5, 5], "frequency": [4, 5]}]}
    page = marketer.get(f"{reverse('segments:new')}?{urlencode({'definition': json.dumps(cell)})}").content.decode()
    assert 'name="n.0.recency.low" min="1" max="5" value="5"' in page
    page = marketer.get(f"{reverse('segments:new')}?definition=%7B").content.decode()
    assert "The address holds no usable definition" in page


def test_every_condition_can_be_drawn(marketer: Client, warehouse: people.World) -> None:
    for start in range(0, len(CONDITIONS.names()), 8):
        names = CONDITIONS.names()[start : start + 8]
        definition = {"match": "all", "of": [{"condition": name, **EXAMPLES[name][0]} for name in names]}
        sent = inputs(to_json(parse(definition)))
        page = marketer.post(reverse("segments:new"), {**sent, "do": "count", "name": "Half-typed"})
        assert page.status_code == 200
        assert 'value="Half-typed"' in page.content.decode()
        for name in names:
            assert str(CONDITIONS.get(name).label) in page.content.decode()


def test_without_scripts_a_condition_is_added_by_a_plain_form(marketer: Client, warehouse: people.World) -> None:
    page = marketer.post(reverse("segments:new"), {"n.match": "any", "do": "add:n:has_email"}).content.decode()
    assert '<input type="hidden" name="n.0.condition" value="has_email">' in page
    assert '<option value="any" selected>' in page
    expected = readings.members(warehouse, {"match": "all", "of": [{"condition": "has_email"}]})
    assert f'data-total="{len(expected)}"' in page


def test_with_htmx_only_the_tree_comes_back(marketer: Client, warehouse: people.World) -> None:
    answer = marketer.post(
        reverse("segments:new"), {"n.match": "all", "do": "add:n:orders"}, headers={"HX-Request": "true"}
    )
    assert answer.headers["HX-Trigger-After-Swap"] == "segment-changed"
    assert answer.content.decode().strip().startswith('<div id="segment-tree">')


def test_preview_counts_and_masks(marketer: Client, warehouse: people.World) -> None:
    answer = marketer.post(reverse("segments:preview"), {"n.match": "all", "n.0.condition": "region"}).content.decode()
    everyone = readings.members(warehouse, {"match": "all", "of": []})
    assert f'data-total="{len(everyone)}"' in answer
    assert "One part is not complete yet" in answer


def test_saves_and_changes(marketer: Client, warehouse: people.World) -> None:
    definition = to_json(parse({"condition": "orders", "times": {"at_least": 2}, "within": {"last_days": 90}}))
    answer = marketer.post(reverse("segments:new"), {**inputs(definition), "name": "Regulars", "do": "save"})
    segment = Segment.objects.get()
    assert answer.headers["Location"] == reverse("segments:page", args=[segment.pk])
    assert (segment.name, segment.definition) == ("Regulars", definition)
    assert Job.objects.get().arguments == {"segment_id": segment.pk}

    definition["of"][0]["times"] = {"at_least": 3}
    marketer.post(reverse("segments:edit", args=[segment.pk]), {**inputs(definition), "name": "Regulars", "do": "save"})
    segment.refresh_from_db()
    assert segment.definition == definition


def test_what_cannot_be_saved_is_marked(marketer: Client, warehouse: people.World) -> None:
    url = reverse("segments:new")
    page = marketer.post(url, {"n.match": "all", "n.0.condition": "region", "name": "X", "do": "save"}).content.decode()
    assert "Complete the marked conditions." in page
    assert "choose at least one" in page
    page = marketer.post(url, {"n.match": "all", "n.0.condition": "has_email", "do": "save"}).content.decode()
    assert "A segment needs a name." in page
    assert not Segment.objects.exists()


def test_an_empty_warehouse_is_said(marketer: Client, home: object) -> None:
    assert "has not been filled yet" in marketer.get(reverse("segments:new")).content.decode()


def test_suggestions(marketer: Client, warehouse: people.World) -> None:
    answer = marketer.get(reverse("segments:suggest", args=["region"]), {"n.0.values": "bay"})
    assert answer.content.decode().strip() == '<option value="Bayern"></option>'
    assert marketer.get(reverse("segments:suggest", args=["secrets"])).content.decode().strip() == ""
