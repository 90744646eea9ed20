"""Files of people into customers: matched, made, tied to companies, once."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from guanxi.customers import queries, services
from guanxi.customers.models import ConsentEntry, Customer, PeopleFile, PeopleMember, Relation
from guanxi.customers.people import importing
from guanxi.customers.people import queries as batches
from guanxi.customers.people.importing import ImportFailed, import_people
from guanxi.customers.people.services import BadBatch, BatchPlan, open_batch
from guanxi.customers.testing import profile
from guanxi.customers.types import Channel, MergeKind, Purpose

from .files import FAIR_HEADER, card, card_file, csv_file, fair_file

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 20, 9, tzinfo=UTC)


def batch(name: str = "Spring fair 2026", **said: Any) -> Any:
    plan = BatchPlan(name=name, occurred_on=date(2026, 4, 15), **{"occasion": "fair", **said})
    return open_batch(plan, user=None, now=NOW)


def bring(path: Path, name: str = "Spring fair 2026", **said: Any) -> dict[str, Any]:
    done = import_people(path, batch=batch(name, **said), now=NOW)
    return {key: value for key, value in done.items() if key not in ("batch", "seconds", "rejected_file")}


def only(**found: Any) -> Customer:
    return Customer.objects.get(**found)


def known(*people: Any) -> list[int | None]:
    done = services.resolve(people, shop_id=0, source="test", country="CN", now=NOW)
    return [one.customer_id for one in done.resolutions]


def test_a_fairs_cards_become_customers_of_their_companies(home: Path, tmp_path: Path) -> None:
    (ann,) = known(profile(phone="13912340003", name="展客3"))
    assert bring(fair_file(tmp_path, 30), tags=("fair",), role="distributor") == {
        "rows": 30,
        "customers_created": 29,
        "customers_matched": 1,
        "companies_created": 10,
        "unchanged": 0,
        "rejected": 0,
    }
    (relation,) = Relation.objects.filter(customer_id=ann)
    company = only(pk=relation.to_id)
    assert (company.name, company.party, company.city) == ("海岸家纺1有限公司", "company", "")
    assert (relation.kind, relation.title) == ("contact_of", "采购经理")
    assert (only(pk=ann).roles, company.roles) == (["distributor"], ["distributor"])
    assert queries.profiles([ann])[0].tags == ("fair",)
    found = batches.counts(batch().pk)
    assert (found.people, found.known_before, found.companies) == (30, 1, 10)
    assert (found.with_email, found.reachable, found.consented) == (27, 27, 0)


def test_the_same_file_again_changes_nothing(home: Path, tmp_path: Path) -> None:
    path = fair_file(tmp_path, 30)
    bring(path)
    before = list(Customer.objects.order_by("pk").values())
    again = bring(path)
    assert (again["customers_created"], again["customers_matched"], again["unchanged"]) == (0, 0, 30)
    assert list(Customer.objects.order_by("pk").values()) == before
    assert PeopleMember.objects.count() == 30


def test_the_same_file_in_another_batch_finds_the_same_people(home: Path, tmp_path: Path) -> None:
    path = fair_file(tmp_path, 30)
    bring(path)
    again = bring(path, "Copy of it")
    assert (again["customers_created"], again["customers_matched"], again["companies_created"]) == (0, 30, 0)
    assert batches.counts(batch("Copy of it").pk).known_before == 30


def test_an_import_cut_off_in_its_middle_goes_on_to_the_same_result(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PORTION", 10)
    phones = [f"1391234{number:04d}" if number % 7 else "12" for number in range(35)]
    rows = [(f"展客{number}", "海岸家纺有限公司", "", phone, "", "", "", "") for number, phone in enumerate(phones)]
    path = csv_file(tmp_path, [FAIR_HEADER, *rows])

    class Killed(Exception):
        pass

    class Killer:
        def progress(self, done: int, *, total: int | None = None, message: str = "") -> None:
            if done == 20:
                raise Killed

    row = PeopleFile.objects.create(batch=batch(), reader="table", file_name="fair.csv", created_at=NOW)
    with pytest.raises(Killed):
        importing.run_import(row, path, now=NOW, run=Killer())
    assert PeopleFile.objects.get().portions == 2
    done = importing.run_import(PeopleFile.objects.get(), path, now=NOW)
    assert (done["rows"], done["customers_created"], done["companies_created"], done["rejected"]) == (35, 30, 1, 5)
    assert done == importing.run_import(PeopleFile.objects.get(), path, now=NOW)
    assert Path(done["rejected_file"]).read_text("utf-8-sig").count("12") >= 5


def test_rejected_rows_come_back_with_their_reason(home: Path, tmp_path: Path) -> None:
    rows = [("姓名", "手机", "备注"), ("", "", "=1+1"), ("Ann Invented", "12", "n/a"), ("Bo Invented", "", "")]
    done = import_people(csv_file(tmp_path, rows), batch=batch(), now=NOW)
    assert (done["rejected"], done["customers_created"]) == (2, 1)
    lines = Path(done["rejected_file"]).read_text("utf-8-sig").splitlines()
    assert lines[0] == "姓名,手机,备注,row,reason"
    assert lines[1].startswith(",,'=1+1,2,\"The row names nobody")
    assert lines[2].startswith("Ann Invented,12,n/a,3,No phone number")


def test_colleagues_with_one_switchboard_and_one_mailbox_stay_two(home: Path, tmp_path: Path) -> None:
    rows = [
        ("姓名", "公司", "电话", "邮箱"),
        ("张三", "海岸家纺", "021-62345678", "sales@guest.example"),
        ("李四", "海岸家纺", "021-62345678", "sales@guest.example"),
    ]
    assert bring(csv_file(tmp_path, rows))["customers_created"] == 2
    people = Customer.objects.filter(party="person")
    assert {one.name for one in people} == {"张三", "李四"}
    assert {(one.phone, one.email) for one in people} == {("+862162345678", "sales@guest.example")}


def test_a_row_of_a_company_alone_is_the_company(home: Path, tmp_path: Path) -> None:
    done = bring(csv_file(tmp_path, [("姓名", "公司"), ("", "海岸家纺"), ("", "海岸 家纺")]))
    assert (done["customers_created"], done["companies_created"]) == (0, 1)
    assert only().party == "company"
    assert batches.members(batch().pk) == []
    assert batches.members(batch().pk, people_only=False) == [only().pk]


def test_consent_is_given_only_when_someone_says_how(home: Path, tmp_path: Path) -> None:
    with pytest.raises(BadBatch, match="a card alone is no consent"):
        batch(consent_channels=("email",))
    (ann,) = known(profile(email="visitor1@guest.example", name="展客1"))
    services.record_consent(
        [ann or 0],
        channel=Channel.EMAIL,
        purpose=Purpose.MARKETING,
        granted=False,
        source="unsubscribe",
        at=NOW,
        now=NOW,
    )
    bring(fair_file(tmp_path, 5), consent_channels=("email",), consent_how="Signed at the stand")
    said = ConsentEntry.objects.filter(source="people")
    assert said.count() == 4
    assert {(one.detail, one.at.date()) for one in said} == {("Signed at the stand", date(2026, 4, 15))}
    assert batches.counts(batch().pk).consented == 4


def test_cards_of_a_merged_person_follow_and_go_back(home: Path, tmp_path: Path) -> None:
    first, second = known(profile(phone="13912340001", name="展客1"), profile(phone="13912340099", name="Other"))
    assert first and second
    bring(fair_file(tmp_path, 3), role="partner")
    (merge,) = services.merge([services.Pair(second, first)], kind=MergeKind.HAND, user=None, now=NOW)
    assert batches.members(batch().pk)[:1] == [second]
    assert only(pk=second).roles == ["partner"]
    assert Relation.objects.filter(customer_id=second).count() == 1
    later = card_file(tmp_path, card("FN:展客1", "TEL;TYPE=CELL:13912340001", "ORG:New Ltd"))
    assert bring(later, "Later")["customers_matched"] == 1
    services.undo_merge(merge.merge_id, user=None, now=NOW)
    assert first in batches.members(batch().pk)
    assert batches.members(batch("Later").pk) == [first]
    assert (only(pk=first).roles, only(pk=second).roles) == (["partner"], [])
    assert Relation.objects.filter(customer_id=first).count() == 2


def test_erasing_takes_the_remark_and_the_relations(home: Path, tmp_path: Path) -> None:
    bring(fair_file(tmp_path, 2))
    member = PeopleMember.objects.exclude(remark=b"").order_by("pk").last()
    assert member and member.remark == "看了毛巾"
    services.erase(member.customer_id, user=None, now=NOW)
    member.refresh_from_db()
    assert member.remark == ""
    assert not Relation.objects.filter(customer_id=member.customer_id).exists()


def test_a_file_of_nobody_says_what_it_should_be(home: Path, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(ImportFailed, match="vCard, CSV or Excel"):
        import_people(tmp_path / "x.json", batch=batch(), now=NOW)


def test_companies_that_turn_out_to_be_one_keep_both_names(home: Path, tmp_path: Path) -> None:
    bring(csv_file(tmp_path, [("姓名", "公司"), ("张三", "海岸家纺"), ("李四", "海岸家居")]))
    one, two = Customer.objects.filter(party="company").order_by("pk").values_list("pk", flat=True)
    (merge,) = services.merge([services.Pair(one, two)], kind=MergeKind.HAND, user=None, now=NOW)
    bring(csv_file(tmp_path, [("姓名", "公司"), ("王五", "海岸家居")]), "Later")
    assert {row.to_id for row in Relation.objects.all()} == {one}
    services.undo_merge(merge.merge_id, user=None, now=NOW)
    assert sorted(Relation.objects.values_list("to_id", flat=True)) == [one, two, two]
