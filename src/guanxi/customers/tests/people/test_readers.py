"""Files of people as they come: lists of fairs and cards of every version, whole and broken."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from guanxi.core.table_files.base import RejectedRow, UnreadableFile
from guanxi.customers.people.readers import READERS, recognise
from guanxi.customers.people.readers.table import guess_columns
from guanxi.customers.people.types import IncomingPerson, Reading

from .files import FAIR_HEADER, card, card_file, csv_file, fair_file


def read(path: Path, **mapping: str) -> list[Any]:
    return list(READERS.get(recognise(path)).read(path, Reading(mapping=mapping)))


def values(one: IncomingPerson) -> list[str]:
    return [found.value for found in one.profile.identifiers]


def test_a_list_of_a_fair_is_read_by_its_chinese_columns(tmp_path: Path) -> None:
    row = (
        "张三",
        "海岸家纺有限公司",
        "采购经理",
        "13912340011",
        "021-62345678-801",
        "a@guest.example",
        "南京西路1号",
        "要样品",
    )
    (one,) = read(csv_file(tmp_path, [FAIR_HEADER, row]))
    assert (one.profile.name, one.company, one.title, one.remark) == ("张三", "海岸家纺有限公司", "采购经理", "要样品")
    assert values(one) == ["13912340011", "021-62345678", "a@guest.example"]
    assert one.profile.address == "南京西路1号"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_list_is_read_in_each_usual_encoding(tmp_path: Path, encoding: str) -> None:
    row = ("欧阳小明", "海岸家纺有限公司", "经理", "13912340012", "", "", "上海市", "")
    (one,) = read(csv_file(tmp_path, [FAIR_HEADER, row], encoding=encoding))
    assert (one.profile.name, one.company) == ("欧阳小明", "海岸家纺有限公司")


def test_a_workbook_with_a_merged_title_above_its_header_is_read(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["2026 春季展会 名片"])
    sheet.merge_cells("A1:D1")
    sheet.append(["Name", "Company", "Mobile", "Birthday"])
    sheet.append(["Ann Invented", "Towel Ltd", 13912340013, date(1988, 3, 14)])
    book.save(tmp_path / "cards.xlsx")
    (one,) = read(tmp_path / "cards.xlsx")
    assert (one.profile.name, values(one), one.profile.birth_date) == (
        "Ann Invented",
        ["13912340013"],
        date(1988, 3, 14),
    )


def test_a_company_merged_over_several_contacts_is_that_of_each(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for row in (
        ["Company", "Name"],
        ["Towel Ltd", "Ann Invented"],
        [None, "Bo Invented"],
        ["Linen Ltd", "Cy Invented"],
    ):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "cards.xlsx")
    assert [one.company for one in read(tmp_path / "cards.xlsx")] == ["Towel Ltd", "Towel Ltd", "Linen Ltd"]


def test_an_address_books_english_columns_are_known() -> None:
    header = ["First Name", "Last Name", "Organization Name", "E-mail 1 - Value", "Phone 1 - Value", "Birthday"]
    assert guess_columns(header, {}) == {
        "given_name": "First Name",
        "family_name": "Last Name",
        "company": "Organization Name",
        "email": "E-mail 1 - Value",
        "phone": "Phone 1 - Value",
        "birth_date": "Birthday",
    }


def test_a_second_column_of_phones_is_the_other_phone() -> None:
    assert guess_columns(["Name", "Phone", "Mobile"], {}) == {"name": "Name", "phone": "Phone", "telephone": "Mobile"}


def test_columns_can_be_said(tmp_path: Path) -> None:
    path = csv_file(tmp_path, [("A", "B"), ("Ann Invented", "ann@guest.example")])
    (one,) = read(path, name="A", email="B")
    assert (one.profile.name, values(one)) == ("Ann Invented", ["ann@guest.example"])


def test_a_table_of_which_no_column_tells_a_person_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="Say below which"):
        read(csv_file(tmp_path, [("A", "B"), ("x", "y")]))


def test_a_birthday_that_is_none_comes_back_with_its_row(tmp_path: Path) -> None:
    rows = [("name", "birthday"), ("Ann Invented", "soon"), ("Bo Invented", "1990/02/03")]
    bad, good = read(csv_file(tmp_path, rows))
    assert isinstance(bad, RejectedRow)
    assert (bad.row, list(bad.cells)) == (2, ["Ann Invented", "soon"])
    assert good.profile.birth_date == date(1990, 2, 3)


def test_words_of_roles_genders_and_countries_are_understood(tmp_path: Path) -> None:
    rows = [("name", "role", "gender", "country", "tags"), ("Ann Invented", "经销商", "女", "中国", "vip;towels")]
    (one,) = read(csv_file(tmp_path, rows))
    assert (one.role, one.profile.gender, one.profile.country) == ("distributor", "female", "CN")
    assert one.profile.tags == ("vip", "towels")


def test_a_card_of_version_4_is_read(tmp_path: Path) -> None:
    lines = (
        "FN:三 张",
        "N:张;三;;;",
        "ORG:海岸家纺有限公司;采购部",
        "TITLE:采购经理",
        'TEL;VALUE=uri;TYPE="cell,voice":tel:+86-139-1234-0021',
        "TEL;TYPE=fax:021-62345678",
        "EMAIL:zhang@guest.example",
        "ADR:;;南京西路1号;上海;上海市;200040;China",
        "BDAY:19880314",
        "GENDER:M",
        "NOTE:看了毛巾\\, 要样品",
    )
    (one,) = read(card_file(tmp_path, card(*lines, version="4.0")))
    assert (one.profile.name, one.company, one.title) == ("张三", "海岸家纺有限公司", "采购经理")
    assert values(one) == ["+86-139-1234-0021", "zhang@guest.example"]
    assert (one.profile.city, one.profile.region, one.profile.country) == ("上海", "上海市", "CN")
    assert (one.profile.birth_date, one.profile.gender) == (date(1988, 3, 14), "male")
    assert one.remark == "看了毛巾, 要样品"


def test_a_card_of_version_2_is_read_whatever_its_letters(tmp_path: Path) -> None:
    name = "FN;CHARSET=GB2312;ENCODING=QUOTED-PRINTABLE:=D5=C5=C8=FD"
    firm = "ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=B5=B7=E5=B2=B8=\r\n=E5=AE=B6=E7=BA=BA"
    (one,) = read(card_file(tmp_path, card(name, firm, "TEL;CELL:13912340022", version="2.1")))
    assert (one.profile.name, one.company, values(one)) == ("张三", "海岸家纺", ["13912340022"])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_cards_are_read_in_each_usual_encoding(tmp_path: Path, encoding: str) -> None:
    cards = [card(f"FN:欧阳小明{number}", "ORG:海岸家纺有限公司") for number in range(5)]
    found = read(card_file(tmp_path, *cards, encoding=encoding))
    assert [one.profile.name for one in found] == [f"欧阳小明{number}" for number in range(5)]


def test_a_broken_card_comes_back_and_the_others_are_read(tmp_path: Path) -> None:
    half = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Half\r\n"
    path = card_file(tmp_path, card("FN:Ann Invented"), half, card("FN:Bo Invented"), half)
    ann, broken, bo, end = read(path)
    assert (ann.profile.name, bo.profile.name) == ("Ann Invented", "Bo Invented")
    assert [one.reason for one in (broken, end)] == ["The card is not whole."] * 2
    assert "FN:Half" in broken.cells[0]


def test_pictures_are_left_out_however_they_are_folded(tmp_path: Path) -> None:
    folded = "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\n SkZJRg\r\n ABAQ=="
    bare = "PHOTO;TYPE=JPEG;ENCODING=BASE64:/9j/4AAQ\r\nSkZJRgABAQ\r\n\r\nTEL;CELL:13912340023"
    first, second = read(card_file(tmp_path, card("FN:Ann", folded, "EMAIL:a@guest.example"), card("FN:Bo", bare)))
    assert values(first) == ["a@guest.example"]
    assert values(second) == ["13912340023"]


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"%PDF-1.4", bytes(range(1, 32)) * 40, b'{"people": []}'])
def test_what_holds_no_people_is_no_file_of_people(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    assert recognise(path) == ""


def test_a_long_list_is_read_to_its_end(tmp_path: Path) -> None:
    assert len(read(fair_file(tmp_path, 21_000))) == 21_000


@pytest.mark.data
def test_the_cards_of_every_vendor_are_read_whole(data_folder: Path) -> None:
    found = {path.name: read(path) for path in sorted((data_folder / "fmt_vcard").glob("*.vcf"))}
    assert not [name for name, people in found.items() if any(isinstance(one, RejectedRow) for one in people)]
    assert len(found["John_Doe_ANDROID.vcf"]) == 6
    outlook = found["John_Doe_MS_OUTLOOK.vcf"][0]
    assert (outlook.profile.name, outlook.company, outlook.title) == (
        "Mr. John Richter James Doe Sr.",
        "IBM",
        "Money Counter",
    )
    (simon,) = found["rfc6350-example.vcf"]
    assert values(simon) == ["+1-418-262-6501", "+1-418-656-9254", "simon.perreault@viagenie.ca"]
    assert [one.company for one in found["rfc2426-example.vcf"]] == [
        "Lotus Development Corporation",
        "Netscape Communications Corp.",
    ]
