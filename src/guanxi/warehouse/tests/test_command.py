"""``guanxi warehouse``: what people and scripts see."""

import json

import pytest
from django.core.management import CommandError, call_command

from guanxi.warehouse import services, store
from guanxi.warehouse.tests.conftest import NOW, run

pytestmark = pytest.mark.usefixtures("shop")


def warehouse(capsys, *arguments):
    call_command("warehouse", *arguments)
    return capsys.readouterr().out


def test_refresh_says_what_it_did_as_json(capsys):
    answer = json.loads(warehouse(capsys, "refresh", "--json"))
    assert (answer["version"], answer["changed"], answer["rows_read"]) == (1, True, 300 + 600 + 600 + 300 + 1)
    assert answer["tables"][1]["name"] == "orders"
    assert answer["tables"][1]["bytes"] > 0
    assert json.loads(warehouse(capsys, "refresh", "--json"))["changed"] is False
    assert json.loads(warehouse(capsys, "refresh", "--full", "--json"))["version"] == 2


def test_status_shows_whether_it_is_up_to_date(capsys):
    services.refresh(now=NOW)
    assert "version 1 of 2026-05-10 12:00:00 UTC, up to date" in warehouse(capsys, "status")
    run("UPDATE shop_order SET total = 150 WHERE id = 6")
    answer = json.loads(warehouse(capsys, "status", "--json"))
    assert (answer["up_to_date"], answer["tables"]["orders"]["rows"]) == (False, 600)


def test_query_answers_a_question(capsys):
    services.refresh(now=NOW)
    run("UPDATE shop_order SET total = 150 WHERE id = 6")
    services.refresh(now=NOW)
    question = "SELECT count(*) AS orders, sum(total)::BIGINT AS total FROM orders"
    assert json.loads(warehouse(capsys, "query", question, "--json")) == [{"orders": 600, "total": 60_050}]
    assert warehouse(capsys, "query", question) == "orders  total\n600     60050\n"


@pytest.mark.parametrize(
    "question",
    [
        "DROP VIEW orders",
        "SELECT 1; SELECT 2",
        "COPY (SELECT 1) TO '/tmp/stolen.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT missing FROM orders",
        "SELEC",
        "",
    ],
)
def test_query_refuses_what_is_no_question(question):
    services.refresh(now=NOW)
    with pytest.raises(CommandError):
        call_command("warehouse", "query", question)


@pytest.mark.parametrize("arguments", [["status"], ["query", "SELECT 1"]])
def test_an_empty_warehouse_says_what_to_do(arguments):
    with pytest.raises(CommandError, match="guanxi warehouse refresh"):
        call_command("warehouse", *arguments)
    assert not (store.folder() / "manifest.json").exists()
