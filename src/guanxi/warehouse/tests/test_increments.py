"""Whatever changes between refreshes, what they add up to is what one full load makes."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import override_settings

from guanxi.warehouse import derive, services, store
from guanxi.warehouse.specs import FACTS, TABLES, FactSpec, TableSpec
from guanxi.warehouse.tests.conftest import NOW, run
from guanxi.warehouse.tests.test_refresh import content

MORE = """
ALTER TABLE shop_person ADD merged_into bigint;
CREATE TABLE shop_note (id bigserial PRIMARY KEY, person_id bigint, stars int, word text,
  changed_xact bigint DEFAULT pg_current_xact_id()::text::bigint);
CREATE TRIGGER shop_note_t BEFORE UPDATE ON shop_note FOR EACH ROW EXECUTE FUNCTION guanxi_mark_change();
INSERT INTO shop_note (person_id, stars, word) SELECT i, i % 5, 'word ' || i % 3 FROM generate_series(1, 300, 2) i
"""
ACTIONS = {
    "an order changes": "UPDATE shop_order SET total = total + {x} WHERE id = {order}",
    "an order moves": "UPDATE shop_order SET person_id = {person} WHERE id = {order}",
    "an order loses its buyer": "UPDATE shop_order SET person_id = NULL WHERE id = {order}",
    "an order loses its lines": (
        "DELETE FROM shop_line WHERE order_id = {order}; UPDATE shop_order SET total = 0 WHERE id = {order}"
    ),
    "an order comes": (
        "INSERT INTO shop_order SELECT max(id) + 1, {person}, {x} FROM shop_order;"
        "INSERT INTO shop_line SELECT max(id), n, {x} FROM shop_order, generate_series(1, 2) n GROUP BY n"
    ),
    "a customer comes": "INSERT INTO shop_person SELECT max(id) + 1, 'Fujian', 'Invented' FROM shop_person",
    "a customer moves": "UPDATE shop_person SET region = 'Hunan {x}' WHERE id = {person}",
    "a customer is merged": "UPDATE shop_person SET merged_into = 1 WHERE id = {person} AND id > 1",
    "merges are undone": "UPDATE shop_person SET merged_into = NULL WHERE merged_into = 1",
    "a note comes": "INSERT INTO shop_note (person_id, stars, word) VALUES ({person}, {x}, 'new')",
    "a note changes": "UPDATE shop_note SET stars = stars + 1 WHERE id = {x}",
    "many orders change": "UPDATE shop_order SET total = total + 1 WHERE id % 7 = {x} % 7",
}


def notes(tables):
    said = tables["notes"]
    return said.group_by("customer_id").agg(stars=said.stars.sum().cast("int64"), word=said.word.max())


@pytest.fixture
def larger_shop(shop: object) -> Iterator[None]:
    """The shop with merges, and with a second group of facts that has nothing to do with orders."""
    run(MORE)
    TABLES["customers"] = replace(
        TABLES["customers"], select="SELECT id AS customer_id, region, merged_into, changed_xact FROM shop_person"
    )
    TABLES["notes"] = TableSpec(
        name="notes",
        select="SELECT id AS note_id, person_id AS customer_id, stars, word, changed_xact FROM shop_note",
        key="note_id",
        customer_key="customer_id",
    )
    FACTS["notes"] = FactSpec("notes", ["notes"], notes, {"stars": 0, "word": None})
    yield
    run("DROP TABLE shop_note")


def made_whole(tmp_path):
    """What a full load makes now, in another warehouse."""
    with override_settings(GUANXI_HOME=tmp_path / "another"):
        services.refresh(full=True, now=NOW)
        return content()


def computed():
    """Refresh; how many rows were read or computed, by table."""
    return {table.name: table.rows_read for table in services.refresh(now=NOW).tables}


@pytest.mark.parametrize("seed", range(2))
def test_increments_add_up_to_a_full_load(larger_shop, tmp_path, seed):
    chance = random.Random(seed)
    services.refresh(now=NOW)
    merged = set()
    for _round in range(8):
        for action in chance.choices(list(ACTIONS), k=chance.randint(1, 4)):
            numbers = {"x": chance.randint(1, 99), "order": chance.randint(1, 600), "person": chance.randint(1, 300)}
            run(ACTIONS[action].format(**numbers))
        services.refresh(now=NOW)
        assert content() == made_whole(tmp_path)
        files = store.load(store.folder()).tables
        merged |= {name for name in files if files[name].base[0] != f"tables/{name}-0000000001-base-0.parquet"}
        assert (files["orders"].delta is None) == (files["order_lines"].delta is None), "parts go with their whole"
    assert "orders" in merged


def test_facts_of_what_did_not_change_are_kept(larger_shop, monkeypatch):
    services.refresh(now=NOW)
    made, statement = [], derive.facts.statement
    monkeypatch.setattr(
        derive.facts, "statement", lambda *given: made.append([set(g.reads) for g in given[1]]) or statement(*given)
    )
    run("UPDATE shop_order SET total = 150 WHERE id = 6")
    services.refresh(now=NOW)
    assert made[-1] == [{"orders"}, {"orders", "order_lines"}, {"customer_facts"}]


def test_cut_points_stay_while_nobody_buys(larger_shop, tmp_path):
    services.refresh(now=NOW)
    run("INSERT INTO shop_note (person_id, stars, word) VALUES (7, 5, 'new')")
    run("INSERT INTO shop_person VALUES (301, 'Fujian', 'Invented 301')")
    assert not computed()["rfm_thresholds"]
    run("UPDATE shop_order SET total = 150 WHERE id = 6")
    assert computed()["rfm_thresholds"]
    run("UPDATE shop_person SET merged_into = 1 WHERE id = 3")
    assert computed()["rfm_thresholds"], "one buyer fewer"
    assert content() == made_whole(tmp_path)


def test_a_customer_whose_merge_was_undone_has_all_facts_again(larger_shop, tmp_path):
    services.refresh(now=NOW)
    run("UPDATE shop_person SET merged_into = 1 WHERE id = 3")
    services.refresh(now=NOW)
    run("UPDATE shop_person SET merged_into = NULL WHERE id = 3")
    services.refresh(now=NOW)
    assert content() == made_whole(tmp_path)


def test_another_definition_of_parts_reads_their_whole_anew(larger_shop, tmp_path):
    services.refresh(now=NOW)
    run("UPDATE shop_order SET total = 150 WHERE id = 6")
    services.refresh(now=NOW)
    TABLES["order_lines"] = replace(TABLES["order_lines"], select=TABLES["order_lines"].select + " ")
    assert {table.name for table in services.refresh(now=NOW).tables if table.full} >= {"orders", "order_lines"}
    run("UPDATE shop_order SET total = 160 WHERE id = 7")
    services.refresh(now=NOW)
    assert content() == made_whole(tmp_path)
