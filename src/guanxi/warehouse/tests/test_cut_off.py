"""Whatever happens in the middle of a refresh, the snapshot before stays and nothing is left lying about."""

import errno
from datetime import timedelta

import pytest

from guanxi.warehouse import files as files_module
from guanxi.warehouse import queries, services, store
from guanxi.warehouse.tests.conftest import NOW, run

pytestmark = pytest.mark.usefixtures("shop")


def on_disk():
    place = store.folder()
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())


def total():
    return queries.scalar(queries.table("orders").total.sum())


@pytest.mark.parametrize("table", ["customers", "order_lines", "customer_facts", "rfm_thresholds"])
def test_a_full_disk_keeps_the_snapshot_before(monkeypatch, table):
    services.refresh(now=NOW)
    before, write = on_disk(), files_module.write_parquet
    run("UPDATE shop_order SET total = 150 WHERE id = 6")
    run("UPDATE shop_person SET region = 'Hunan' WHERE id = 6")

    def fill_up(database, select, target, **options):
        if f"/{table}-" in str(target):
            target.write_bytes(b"half a file")
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(database, select, target, **options)

    monkeypatch.setattr(files_module, "write_parquet", fill_up)
    with pytest.raises(services.DiskFull, match="Make room"):
        services.refresh(now=NOW)
    assert on_disk() == before
    assert total() == 60_000
    monkeypatch.undo()
    services.refresh(now=NOW)
    assert total() == 60_050


def test_a_disk_that_fills_up_at_the_manifest(monkeypatch):
    services.refresh(now=NOW)
    before = on_disk()
    run("UPDATE shop_order SET total = 150 WHERE id = 6")

    def full(place, manifest):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "swap", full)
    with pytest.raises(services.DiskFull):
        services.refresh(now=NOW)
    assert (on_disk(), total()) == (before, 60_000)


def test_a_refresh_that_is_stopped_leaves_nothing():
    services.refresh(now=NOW)
    before = on_disk()
    run("UPDATE shop_order SET total = 150 WHERE id = 6")

    def stop(done, total, table):
        if table == "rfm_thresholds":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.refresh(now=NOW, progress=stop)
    assert (on_disk(), total()) == (before, 60_000)


def test_what_a_killed_process_left_is_deleted_by_the_next():
    services.refresh(now=NOW)
    (store.folder() / "tables" / "orders-0000000002-base-0.parquet").write_bytes(b"half")
    (store.folder() / "tables" / "lost+found").mkdir()  # not ours, and left alone
    (store.folder() / "manifest.tmp").write_text("half")
    (store.folder() / "history" / "0000000002.json").write_text((store.folder() / "manifest.json").read_text())
    services.refresh(now=NOW)
    assert total() == 60_000
    assert not [name for name in on_disk() if name.startswith("tables/orders-0000000002") or name.endswith(".tmp")]


def test_a_reader_keeps_its_snapshot_while_newer_ones_come():
    services.refresh(now=NOW)
    old = queries.snapshot()
    for number in range(1, 8):
        run("UPDATE shop_order SET total = total + 50 WHERE id <= 100")
        services.refresh(now=NOW + timedelta(minutes=number))
    assert old.scalar(old.tables["orders"].total.sum()) == 60_000
    assert total() == 60_000 + 7 * 50 * 100


def test_files_are_deleted_when_no_query_can_need_them():
    services.refresh(now=NOW)
    for number in range(1, 8):
        run("UPDATE shop_order SET total = total + 50 WHERE id <= 100")
        services.refresh(now=NOW + timedelta(hours=number))
    history = [name for name in on_disk() if name.startswith("history/")]
    assert len(history) == store.KEEP_MANIFESTS
    named = {
        path
        for name in history
        for files in store._parse((store.folder() / name).read_text()).tables.values()
        for path in files.paths()
    }
    assert {name for name in on_disk() if name.startswith("tables/")} == named


def test_an_empty_warehouse_says_how_to_fill_it():
    with pytest.raises(queries.NoSnapshot, match="guanxi warehouse refresh"):
        queries.snapshot()
    assert queries.freshness() is None
