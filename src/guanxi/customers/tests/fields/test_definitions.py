"""Fields of the merchant's own: made, changed, ordered and put away."""

from datetime import timedelta

import pytest

from guanxi.core.models import AuditEntry
from guanxi.core.testing import signed_in
from guanxi.customers.fields import queries
from guanxi.customers.fields import services as fields
from guanxi.customers.fields.services import BadDefinition, ChoicesInUse
from guanxi.customers.models import FieldChoice
from guanxi.customers.testing import NOW, customers

pytestmark = pytest.mark.django_db


def define(key, kind="text", **more):
    return fields.define(key=key, label=key.title(), kind=kind, now=NOW, **more)


def labels(field_id):
    (field,) = (one for one in queries.definitions() if one.id == field_id)
    return [one.label for one in field.current_options]


@pytest.mark.parametrize(
    ("key", "kind", "more", "part"),
    [
        ("Ring", "text", {}, "key"),
        ("1size", "text", {}, "key"),
        ("s" * 41, "text", {}, "key"),
        ("size", "text", {}, "key"),
        ("taken", "text", {}, "key"),
        ("ring", "colour", {}, "kind"),
        ("ring", "number", {"personal": True}, "personal"),
        ("ring", "choice", {"choices": [" "]}, "choices"),
    ],
)
def test_a_field_that_cannot_be_is_refused(key, kind, more, part):
    define("taken")
    with pytest.raises(BadDefinition) as refused:
        define(key, kind, **more)
    assert refused.value.part == part
    assert [one.key for one in queries.definitions()] == ["taken"]


def test_fields_stand_in_the_order_they_were_made_until_they_are_moved():
    a, b, c = (define(key) for key in "abc")
    fields.move(c, up=True)
    fields.move(a, up=True)
    fields.move(b, up=False)
    assert [one.key for one in queries.definitions()] == ["a", "c", "b"]


def test_an_archived_field_shows_nowhere_takes_nothing_and_comes_back_with_its_values():
    (ann,) = customers(1)
    number = define("ring")
    fields.write({ann: {"ring": "9"}}, source="form", now=NOW)
    fields.archive(number, now=NOW)
    assert queries.definitions() == []
    assert queries.values([ann]) == {}
    assert [one.reason for one in fields.write({ann: {"ring": "8"}}, source="form", now=NOW)] == [
        "There is no field called ring."
    ]

    fields.bring_back(number, now=NOW)
    assert queries.values([ann])[ann]["ring"].plain == "9"
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "field.created",
        "field.archived",
        "field.restored",
    ]


def test_choices_are_added_renamed_and_dropped():
    number = define("metal", "choice", choices=["Gold", "Silver", "gold "])
    gold, silver = FieldChoice.objects.order_by("pk").values_list("pk", flat=True)
    fields.change(number, label="Metal", choices={gold: "Silver", silver: "Gold"}, new_choices=["Tin"], now=NOW)
    assert labels(number) == ["Silver", "Gold", "Tin"]
    fields.change(number, label="Metal", choices={gold: ""}, now=NOW)
    assert labels(number) == ["Gold", "Tin"]


def test_a_choice_in_use_is_not_dropped_silently():
    (ann,) = customers(1)
    number = define("metal", "choice", choices=["Gold", "Silver"])
    fields.write({ann: {"metal": "Gold"}}, source="form", now=NOW)
    gold = FieldChoice.objects.get(label="Gold").pk

    with pytest.raises(ChoicesInUse) as told:
        fields.change(number, label="Metal", choices={gold: ""}, now=NOW)
    assert str(told.value) == "In use: Gold (1 customer)."
    assert labels(number) == ["Gold", "Silver"]

    fields.change(number, label="Metal", choices={gold: ""}, drop_in_use=True, now=NOW)
    assert labels(number) == ["Silver"]
    assert queries.values([ann])[ann]["metal"].text == "Gold"
    again = fields.write({ann: {"metal": "Gold"}}, source="form", now=NOW + timedelta(days=1))
    assert [one.reason for one in again] == ["Choose one of: Silver."]

    fields.change(number, label="Metal", new_choices=["gold"], now=NOW)
    assert labels(number) == ["Gold", "Silver"]


def test_the_last_choice_stays_and_no_two_have_one_name():
    number = define("metal", "choice", choices=["Gold", "Silver"])
    gold, silver = FieldChoice.objects.order_by("pk").values_list("pk", flat=True)
    for choices in ({gold: "", silver: ""}, {gold: "silver"}):
        with pytest.raises(BadDefinition):
            fields.change(number, label="Metal", choices=choices, now=NOW)
    assert labels(number) == ["Gold", "Silver"]


def test_a_field_is_made_changed_and_put_away_on_its_page(client):
    signed_in(client, role="marketer")
    assert "No fields of your own yet" in client.get("/settings/fields/").content.decode()
    said = {"label": "Ring metal", "kind": "choice", "new_choices": "Gold\nSilver\n"}
    assert client.post("/settings/fields/new/", said).status_code == 302
    (field,) = queries.definitions()
    assert (field.key, field.label, labels(field.id)) == ("ring_metal", "Ring metal", ["Gold", "Silver"])

    gold = field.options[0].id
    (ann,) = customers(1)
    fields.write({ann: {"ring_metal": "Gold"}}, source="form", now=NOW)
    change = {"label": "Metal", "help_text": "As she wears it", f"choice_{gold}": ""}
    page = client.post(f"/settings/fields/{field.id}/", change).content.decode()
    assert "In use: Gold (1 customer)." in page
    client.post(f"/settings/fields/{field.id}/", {**change, "drop_in_use": "yes"})
    assert labels(field.id) == ["Silver"]

    client.post(f"/settings/fields/{field.id}/archive/")
    assert queries.definitions() == []
    assert "Ring metal" not in client.get(f"/customers/{ann}/").content.decode()
    client.post(f"/settings/fields/{field.id}/restore/")
    page = client.get("/settings/fields/").content.decode()
    assert "As she wears it" in page


def test_a_name_without_latin_letters_gets_a_numbered_key(client):
    signed_in(client)
    for label in ("戒指尺寸", "戒指材质", "Size"):
        client.post("/settings/fields/new/", {"label": label, "kind": "text"})
    assert [(one.key, one.label) for one in queries.definitions()] == [
        ("field", "戒指尺寸"),
        ("field_2", "戒指材质"),
        ("their_size", "Size"),
    ]


def test_a_key_that_is_taken_is_explained_on_the_form(client):
    signed_in(client)
    define("ring")
    page = client.post("/settings/fields/new/", {"label": "Ring", "kind": "text", "key": "ring"}).content.decode()
    assert "Another field has this key" in page
