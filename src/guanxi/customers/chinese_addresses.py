"""Chinese addresses in parts: province, city and district by the state's division codes, and the rest as given.

Of 18,367 addresses as companies gave them (`tests/test_chinese_addresses.py`; 1,181 are blank, many name a street or a
building alone) 61% are placed in a district, 12% in a city, 4% in a province only. Of 143 read beside the answer, 142
had the right division; the one miss, a district merged since, was then added to `FORMER`. Addresses of other countries
are not for here and come back whole.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path

from guanxi.customers.chinese_names import CHINESE, simplified

DIVISIONS = Path(__file__).with_name("divisions.txt")
LEAD = re.compile(r"^(?:[\s,，、:：;；.。\-—_/|()（）\[\]【】\"“”]|中国|中华人民共和国|地址|收货地址|位于|位於)+")
ROAD = re.compile(
    r"^(?:[东南西北中]{0,2}[一二三四五六七八九十]?(?:路|街|道|大道|大街|胡同|里弄|公路|高速|立交|桥)|[东南西北]?站)"
)
"""What follows a name that is a street's (北京路) rather than a place's."""
PEOPLES = (
    "壮族|回族|维吾尔|维吾尔族|藏族|苗族|彝族|土家族|侗族|布依族|朝鲜族|蒙古|蒙古族|白族|哈尼族|傣族|景颇族|傈僳族|羌族|满族|瑶族|畲族"
    "|黎族|水族|仡佬族|仫佬族|毛南族|土族|撒拉族|东乡族|保安族|裕固族|哈萨克|哈萨克族|柯尔克孜|柯尔克孜族|锡伯|塔吉克|达斡尔族|鄂温克族|鄂伦春"
    "|拉祜族|佤族|纳西族|普米族|独龙族怒族|怒族|布朗族|各族|俄罗斯"
)
AUTONOMOUS = re.compile(rf"(?<=..)(?:{PEOPLES})*自治[区州县旗]$")
SUFFIX = re.compile(r"(?:特别行政区|新区|地区|省|市|区|县|盟|旗|州)$")
FORMER = {
    "崇文区": "110101", "宣武区": "110102", "塘沽区": "120116", "汉沽区": "120116", "大港区": "120116",
    "卢湾区": "310101", "闸北区": "310106", "南汇区": "310115", "浦东": "310115",
    "萝岗区": "440112", "金阊区": "320508", "沧浪区": "320508", "平江区": "320508",
    "下关区": "320106", "白下区": "320104",
}  # fmt: skip
"""Districts that were merged into others years ago and live on in addresses, with what they belong to now."""
CENTRAL = frozenset({"11", "12", "31", "50"})
"""Provinces that are cities: 北京, 天津, 上海, 重庆."""
ISLANDS = frozenset({"71", "81", "82"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is. Empty where it does not say and nothing else tells."""

    province: str = ""
    city: str = ""
    district: str = ""
    rest: str = ""
    """Street, number, building, as given."""
    code: str = ""
    """Of the smallest division that is certain: 2, 4 or 6 digits."""


@dataclass(frozen=True, slots=True)
class _Names:
    """The divisions, by what people write for them."""

    full: dict[str, tuple[str, ...]]
    short: dict[str, tuple[str, ...]]
    name: dict[str, str]
    """The present name of a code."""
    longest: int


@cache
def _names() -> _Names:
    full: dict[str, list[str]] = defaultdict(list)
    short: dict[str, list[str]] = defaultdict(list)
    name: dict[str, str] = {}
    for line in DIVISIONS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, called = line.split()
        name.setdefault(code, called)
        for spelling in {called, simplified(called)}:  # 乾县 alone becomes 干县, and does so in addresses
            full[spelling].append(code)
        brief = short_name(called)
        if brief != called:
            short[brief].append(code)
            if called.endswith("自治州"):
                short[f"{brief}州"].append(code)
    for called, code in FORMER.items():
        full[called].append(code)
    return _Names(
        {called: tuple(codes) for called, codes in full.items()},
        {called: tuple(codes) for called, codes in short.items()},
        name,
        max(map(len, full)),
    )


def short_name(division: str) -> str:
    """As people say it: ``内蒙古自治区`` is ``内蒙古``, ``杭州市`` ``杭州``; one character would say too little."""
    brief = AUTONOMOUS.sub("", division)
    if brief == division:
        brief = SUFFIX.sub("", division)
    return brief if len(brief) > 1 else division


@lru_cache(maxsize=8192)
def parse(address: str) -> Place:
    """The parts of an address in Chinese, simplified or traditional."""
    if not CHINESE.search(address):
        return Place(rest=address.strip())
    text = simplified(address)
    if len(text) != len(address):  # a phrase became longer or shorter: the rest could not be given as written
        address = text
    code, district, position = "", "", 0
    while True:
        position += _lead(text[position:])
        length, found, named = _next(text[position:], code)
        if not length:
            break
        position += length
        code, district = found or code, named or district
        if len(code) == 6 and district:
            position += _repeated(text[position:], code)
            break
    return _place(code, district, address[position:].strip(" ,，"))


def division(region: str, city: str, address: str) -> str:
    """The code of the smallest division that an address surely lies in; empty outside China."""
    text = f"{region}{city}{address}"
    return "" if text.isascii() else parse(text).code


def division_name(code: str) -> str:
    """A division with those above it: ``浙江省杭州市西湖区``, ``上海市徐汇区``. Empty for no code of ours."""
    if code not in _names().name:
        return ""
    place = _place(code, "", "")
    return "".join(dict.fromkeys((place.province, place.city, place.district)))


@cache
def _whole_names() -> tuple[str, ...]:
    """Of every division, provinces first; former ones go by the name of what they belong to now."""
    codes = sorted(_names().name, key=lambda code: (len(code), code))
    return tuple(dict.fromkeys(division_name(code) for code in codes))


def divisions_named(text: str, *, limit: int) -> list[str]:
    """Divisions whose name, with those above it, contains this, the largest first."""
    wanted = simplified(text.strip())
    return list(islice((name for name in _whole_names() if wanted in name), limit))


def _lead(text: str) -> int:
    found = LEAD.match(text)
    return found.end() if found else 0


def _next(text: str, within: str) -> tuple[int, str, str]:
    """How much of the text names the next division, its code (empty where several have the name), its own name.

    The longest name that fits what is known wins; a short one (杭州) counts only where it cannot be a street's, and
    only for provinces and cities unless the city is known.
    """
    names = _names()
    for length in range(min(names.longest, len(text)), 1, -1):
        word = text[:length]
        for known, whole in ((names.full, True), (names.short, False)):
            codes = [code for code in known.get(word, ()) if _fits(code, within)]
            if not whole and ROAD.match(text[length:]) and not _district_follows(text[length:], codes):
                continue
            if not whole and not within:
                codes = [code for code in codes if len(code) < 6 or names.name[code].endswith("市")]
            if whole and word.endswith("市") and _district_follows(text[length - 1 :], codes):
                continue  # 济南市中区 is 济南 and its 市中区
            if chosen := _choose(codes):
                return length, chosen, word if len(chosen) == 6 else ""
            if codes and whole:
                return length, "", word
    return 0, "", ""


def _district_follows(text: str, cities: Iterable[str]) -> bool:
    """石家庄桥西区 is a city and its district, not a bridge."""
    full = _names().full
    words = (text[:length] for length in range(3, 6))
    return any(code.startswith(city) for word in words for code in full.get(word, ()) for city in cities)


def _fits(code: str, within: str) -> bool:
    """Inside what is known, or the same again (``上海市上海市``)."""
    return code.startswith(within) or within.startswith(code)


def _choose(codes: Iterable[str]) -> str:
    """The division meant: the largest where one lies in the other (吉林 the province), none where they lie apart."""
    ranked = sorted(codes, key=len)
    if not ranked:
        return ""
    largest = [code for code in ranked if len(code) == len(ranked[0])]
    current = {_names().name[code] for code in largest}
    if len(largest) == 1 or (len(current) == 1 and len({code[:4] for code in largest}) == 1):
        return largest[-1]
    return ""


def _repeated(text: str, code: str) -> int:
    """Length of the district said twice."""
    name = _names().name[code]
    return len(name) if text.startswith(name) else 0


def _place(code: str, district: str, rest: str) -> Place:
    name = _names().name
    province = name.get(code[:2], "") if code else ""
    city = province if code[:2] in CENTRAL | ISLANDS else name.get(code[:4], "") if len(code) > 2 else ""
    if len(code) == 6:
        district = name[code]
        city = city or district  # cities right below their province (仙桃市) have no prefecture
    return Place(province, city, district, rest, code)
