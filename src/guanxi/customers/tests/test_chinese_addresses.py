import csv
from pathlib import Path

import pytest

from guanxi.customers.chinese_addresses import DIVISIONS, Place, parse

NANSHAN = ("广东省", "深圳市", "南山区")


@pytest.mark.parametrize(
    ("address", "parts", "rest", "code"),
    [
        ("广东省深圳市南山区科苑路6号", NANSHAN, "科苑路6号", "440305"),
        ("广东深圳南山科苑路6号", NANSHAN, "科苑路6号", "440305"),
        ("深圳市南山区 科苑路6号", NANSHAN, "科苑路6号", "440305"),
        ("中国广东省，深圳市，南山区，科苑路6号", NANSHAN, "科苑路6号", "440305"),
        ("广东省深圳市广东省深圳市南山区科苑路6号", NANSHAN, "科苑路6号", "440305"),
        ("廣東省深圳市南山區科苑路6號", NANSHAN, "科苑路6號", "440305"),
        ("浙江省诸暨市暨阳街道", ("浙江省", "绍兴市", "诸暨市"), "暨阳街道", "330681"),
        ("徐汇区虹漕路461号", ("上海市", "上海市", "徐汇区"), "虹漕路461号", "310104"),
        ("上海市闸北区沪太路1528号", ("上海市", "上海市", "静安区"), "沪太路1528号", "310106"),
        ("湖北仙桃市", ("湖北省", "仙桃市", "仙桃市"), "", "429004"),
        ("延边州延吉市", ("吉林省", "延边朝鲜族自治州", "延吉市"), "", "222401"),
        ("陕西省咸阳市乾县", ("陕西省", "咸阳市", "乾县"), "", "610424"),
        ("河北石家庄桥西区", ("河北省", "石家庄市", "桥西区"), "", "130104"),
        ("山东济南市中区经四路", ("山东省", "济南市", "市中区"), "经四路", "370103"),
        ("吉林市船营区", ("吉林省", "吉林市", "船营区"), "", "220204"),
        ("吉林长春", ("吉林省", "长春市", ""), "", "2201"),
        ("香港九龙", ("香港特别行政区", "香港特别行政区", ""), "九龙", "81"),
    ],
)
def test_an_address_is_parted_by_the_divisions(address: str, parts: tuple[str, str, str], rest: str, code: str) -> None:
    assert parse(address) == Place(*parts, rest, code)


def test_streets_named_after_places_are_streets() -> None:
    assert parse("北京路12号") == Place(rest="北京路12号")
    assert parse("上海市南京西路580号") == Place("上海市", "上海市", "", "南京西路580号", "31")


def test_a_district_that_several_cities_have_is_kept_without_a_city() -> None:
    assert parse("朝阳区建国路77号") == Place(district="朝阳区", rest="建国路77号")


def test_addresses_of_other_countries_are_kept_as_given() -> None:
    assert parse(" 12 Hill Street, Leeds LS1 4AP ") == Place(rest="12 Hill Street, Leeds LS1 4AP")


def test_every_county_is_found_by_its_full_address() -> None:
    lines = [line.split() for line in DIVISIONS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    names: dict[str, str] = {}
    for code, name in lines:
        names.setdefault(code, name)
    missed = []
    for code, name in names.items():
        city = names.get(code[:4], "")
        if len(code) == 6 and name != city:
            place = parse(f"{names[code[:2]]}{city}{name}人民路1号")
            # 辛集市 has two codes: the province's own, and of the prefecture that it once was under.
            if (place.code[:2], place.district, place.rest) != (code[:2], name, "人民路1号") or place.city != (
                city or place.city
            ):
                missed.append(f"{code} {name}")
    assert missed == []


READ = """
7:110105 83:110105 168:50 303:110106 376:310106 459: 463:110108 810:210112 831:440106 1463:440305 1601:3205 2106:5101
2500:320576 2645:440112 2721:310101 2766:11 2938:220106 2971:6101 3167:440114 3212:320102 3361: 3363:370202 3477:4301
3628: 3815:31 3903:110111 3998:440305 4227:370282 4299:440103 4419:420106 4435:120105 4616:310104 4666:4409
4795:360103 4867:430111 4910:420103 5071: 5246:50 6376:3202 6445:330381 6514:1407 6548:110108 6636: 6888: 7304:310115
7316:3202 7357:440106 7501:310112 7862: 8121: 8224:450204 8241:31 8475:330206 8481: 8523: 8731: 8799:31 8815:4419
9412:4404 9424:440304 9646:110105 10027:110108 10080:310101 10125:310115 10270: 10296:440304 10376: 10468:110105
11154:310115 11392:310115 11686: 11706:510107 11794:6101 11912: 12128:510104 12320: 12332:320412 12758:310112
13016:330102 13046:310114 13067:350502 13171:310112 13175:330204 13477:310106 13501: 13689:310101 13761:510504
13782:310105 13835:310106 13940:440106 13951:440605 14070: 14190: 14228:330282 14367: 14453:440309 14725: 14785:440303
14841:510132 14968:130302 14989: 14996:440113 15015:310118 15108:440304 15291:320111 15381:510115 15402:110105
15498:3601 15692:4403 15702:4401 15797: 15911:370212 16040:4313 16065:4403 16085:110108 16090:310114 16121:3302
16290:320106 16332:110101 16333:46 16446:110105 16466:31 16538:320206 16592:131002 16636: 16753:420107 16771:3301
16808:31 16829:110105 16881:310118 16973:110108 17040: 17134:440112 17144:320582 17191:110108 17879: 17884:3703
17906:430111 17910:320507 17950: 18237:3302 18279: 18343:440311
"""
"""Line: code of the smallest division that the address is certainly in, of 160 lines drawn at random, without the blank
ones. Read by hand; addresses that name only a street, a company or a development zone have no code."""


@pytest.mark.data
def test_addresses_of_companies(data_folder: Path) -> None:
    """18,367 addresses as companies gave them, 1,181 of them blank."""
    file = data_folder / "zh_addresses" / "cpca_test_addresses.csv"
    if not file.is_file():
        pytest.skip("the addresses are not here")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        addresses = [row["原始地址"] for row in csv.DictReader(lines)]
    places = [parse(address) for address in addresses]
    expected = dict(pair.split(":") for pair in READ.split())
    assert {line: places[int(line)].code for line in expected} == expected
    assert sum(len(place.code) == 6 for place in places) >= 11_279
    assert sum(bool(place.code) for place in places) >= 14_127
