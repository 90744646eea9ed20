"""Keeping fresh by itself: what people are told when the disk is full, and that it goes on by itself."""

import errno

import pytest
from django.test import Client

from guanxi.core import jobs, preferences
from guanxi.core.testing import signed_in
from guanxi.warehouse import files, services
from guanxi.warehouse.tasks import FILL, TROUBLE, keep_fresh
from guanxi.warehouse.tests.conftest import NOW, run

pytestmark = pytest.mark.usefixtures("shop")


def full(*arguments: object, **options: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def banner(client: Client) -> bool:
    return b"Reports and segments stand still" in client.get("/settings/profile/").content


def test_a_full_disk_is_told_on_every_page_until_there_is_room(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(client, role="read_only")
    services.refresh(now=NOW)
    run("UPDATE shop_order SET total = 150 WHERE id = 6")
    monkeypatch.setattr(files, "write_parquet", full)
    keep_fresh()
    assert "Make room" in preferences.get(TROUBLE, "")
    assert banner(client)
    monkeypatch.undo()
    keep_fresh()
    assert preferences.get(TROUBLE, "") == ""
    assert not banner(client)


def test_a_filling_that_meets_a_full_disk_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    row = jobs.start(FILL, lock=FILL)
    monkeypatch.setattr(files, "write_parquet", full)
    jobs.run(row.pk)
    row.refresh_from_db()
    assert (row.state, "Make room" in row.error) == ("failed", True)
    monkeypatch.undo()
    jobs.retry(row)
    jobs.run(row.pk)
    row.refresh_from_db()
    assert row.state == "succeeded"
    assert preferences.get(TROUBLE, "") == ""
