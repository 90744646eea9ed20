"""Files of orders: read, recorded in batches, counted once, even when cut off."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from guanxi.commerce import imports, portions
from guanxi.commerce.models import ImportedBatch, Order, OrderImport, Shop
from guanxi.commerce.testing import NOW, shop
from guanxi.core import jobs
from guanxi.core.crypto import keyring
from guanxi.core.models import Event
from guanxi.core.table_files.rejected import safe_cell
from guanxi.customers.models import Customer

MAPPING = {
    "rows": "orders",
    "columns": {"order": "no", "placed_at": "when", "total": "total", "phone": "phone", "title": "title"},
}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(rows: int, *, name: str = "orders.csv", bad: int = 0) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["no", "when", "total", "phone", "title"])
            for number in range(rows):
                out.writerow([f"N{number}", "2026-02-01 10:00:00", "12.50", f"1391234{number % 40:04d}", "Towel"])
            for number in range(bad):
                out.writerow([f"B{number}", "2026-02-31 10:00:00", "1", "", '=HYPERLINK("x")'])
        return path

    return write


def cells(path: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO(Path(str(path)).read_text(encoding="utf-8-sig"))))


def command(*arguments: str) -> dict[str, object]:
    out = io.StringIO()
    call_command("import", "orders", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.django_db
def test_command_makes_the_shop_and_prints_what_came_of_it(home: Path, write: Write, tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    columns = 'order = "no"\nplaced_at = "when"\ntotal = "total"\nphone = "phone"'
    mapping.write_text(f'rows = "orders"\ncurrency = "EUR"\n[columns]\n{columns}')
    done = command(str(write(100, bad=2)), "--shop", "Linen", "--mapping", str(mapping))
    seconds, rejected = done.pop("seconds"), str(done.pop("rejected_file"))
    assert isinstance(seconds, float)
    assert done == {
        "rows": 102, "orders_created": 100, "orders_updated": 0, "orders_unchanged": 0, "customers_created": 40,
        "customers_matched": 0, "rejected": 2,
    }  # fmt: skip
    assert Path(rejected) == home / "imports" / str(OrderImport.objects.get().pk) / "rejected.csv"
    assert Path(rejected).read_bytes().startswith(b"\xef\xbb\xbf")
    rows = cells(rejected)
    assert rows[0] == ["no", "when", "total", "phone", "title", "row", "reason"]
    assert rows[1][:6] == ["B0", "2026-02-31 10:00:00", "1", "", '\'=HYPERLINK("x")', "102"]
    assert (Shop.objects.get().currency, Order.objects.first().currency) == ("EUR", "EUR")
    again = command(str(write(100)), "--shop", "Linen")
    assert (again["orders_unchanged"], again["customers_matched"], again["rejected_file"]) == (100, 40, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "There is no file"),
        (b"", "The file is empty"),
        (b"%PDF-1.4 nothing", "This is a PDF file"),
    ],
)
def test_command_says_in_one_line_what_is_wrong(
    home: Path, tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "orders.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError) as raised:
        command(str(path), "--shop", "Linen")
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not Order.objects.exists()


class Stop(Exception):
    pass


class Stopper:
    def __init__(self, after: int) -> None:
        self.calls, self.after = 0, after

    def progress(self, done: int, *, total: int | None = None, message: str = "") -> None:
        self.calls += 1
        if self.calls == self.after:
            raise Stop


@pytest.mark.django_db
def test_import_cut_off_and_run_again_counts_everything_once(
    home: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "BATCH", 30)
    path, place = write(200, bad=1), shop(connector="table")
    row = OrderImport.objects.create(
        shop=place, connector="table", file_name="orders.csv", stored_path="", mapping=MAPPING
    )
    with pytest.raises(Stop):
        imports.run_import(row, path, run=Stopper(3), now=NOW)
    assert (Order.objects.count(), ImportedBatch.objects.count()) == (90, 3)
    assert not list((home / "imports").rglob("*.csv"))
    done = imports.run_import(OrderImport.objects.get(), path, now=NOW)
    assert (done["rows"], done["orders_created"], done["orders_unchanged"], done["rejected"]) == (201, 200, 0, 1)
    assert (done["customers_created"], done["customers_matched"]) == (40, 0)
    assert ImportedBatch.objects.count() == 0
    assert imports.run_import(OrderImport.objects.get(), path, now=NOW) == done


@pytest.mark.django_db
def test_job_imports_the_uploaded_file_and_removes_it(home: Path, write: Write) -> None:
    stored = home / "uploads" / "7.csv"
    write(50).rename(stored)
    row = OrderImport.objects.create(
        shop=shop(connector="table"), connector="table", file_name="orders.csv", stored_path="7.csv", mapping=MAPPING
    )
    job = jobs.start("orders.import", import_id=row.pk)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["orders_created"], job.done) == ("succeeded", 50, 50)
    assert not stored.exists()


@pytest.mark.django_db
def test_lines_refused_when_recorded_come_back_with_their_cells(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "details.csv"
    path.write_text("订单编号,标题,价格,购买数量\n77,毛巾,9.90,2\n77,浴巾,19.90,1\n", encoding="utf-8")
    done = imports.import_orders(path, shop=shop(), connector="taobao", now=NOW)
    assert (done["rows"], done["rejected"]) == (2, 2)
    rows = cells(done["rejected_file"])
    reason = "This order is not known yet: import the order list first."
    assert rows[1:] == [["77", "毛巾", "9.90", "2", "2", reason], ["77", "浴巾", "19.90", "1", "3", reason]]


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ('="1234567890123456"', "1234567890123456"),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd", "'+cmd"),
        ("-12.50", "-12.50"),
        ("+8613812345679", "+8613812345679"),
        ("\t=1", "'\t=1"),
        ("plain", "plain"),
    ],
)
def test_cells_of_the_file_of_rejected_rows_never_compute(cell: str, safe: str) -> None:
    assert safe_cell(cell) == safe


KILLED = """
import os, signal, sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {name!r}
from django.db import connections
connections["default"].settings_dict["NAME"] = {name!r}
from pathlib import Path
from guanxi.commerce import imports, portions
from guanxi.commerce.models import OrderImport
from guanxi.commerce.testing import NOW
portions.BATCH = 25
class Killer:
    calls = 0
    def progress(self, done, *, total=None, message=""):
        Killer.calls += 1
        if Killer.calls == 4:
            os.kill(os.getpid(), signal.SIGKILL)
imports.run_import(OrderImport.objects.get(), Path({path!r}), run=Killer(), now=NOW)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_and_run_again_each_order_is_there_once(
    home: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(300)
    OrderImport.objects.create(
        shop=shop(connector="table"), connector="table", file_name="orders.csv", stored_path="", mapping=MAPPING
    )
    code = KILLED.format(name=connection.settings_dict["NAME"], path=str(path))
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "guanxi.config.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "GUANXI_DATA_KEYS": keyring().dump(),
    }
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == -9, ended.stderr
    assert Order.objects.count() == 100
    monkeypatch.setattr(portions, "BATCH", 25)
    done = imports.run_import(OrderImport.objects.get(), path, now=NOW)
    assert (done["orders_created"], done["orders_unchanged"], done["customers_created"]) == (300, 0, 40)
    assert Order.objects.values("external_id").distinct().count() == Order.objects.count() == 300
    assert Customer.objects.count() == 40
    assert Event.objects.filter(kind="order.placed").count() == 300


@pytest.mark.django_db
def test_a_large_file_is_read_on_another_core(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "LARGE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    linen, path = shop(connector="table", mapping=MAPPING), write(60, bad=1)
    with translation.override("zh-hans"):
        done = imports.import_orders(path, shop=linen, connector="table", now=NOW)
    assert (done["orders_created"], done["customers_created"], done["rejected"]) == (60, 40, 1)
    assert cells(done["rejected_file"])[1][-1] == "“2026-02-31 10:00:00”不是有效日期。"
    monkeypatch.setattr(imports, "LARGE", 1_000_000)
    again = imports.import_orders(path, shop=linen, connector="table", now=NOW)
    assert again["orders_unchanged"] == 60, "read here, the same orders have the same digests"


@pytest.mark.django_db
def test_what_another_core_cannot_read_is_told_as_here(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LARGE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(imports.ImportFailed, match="no column no, when"):
        imports.import_orders(other, shop=shop(connector="table", mapping=MAPPING), connector="table", now=NOW)
