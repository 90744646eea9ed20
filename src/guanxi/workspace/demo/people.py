"""Invented people. Phone numbers stand in ranges that are given to nobody, addresses at example domains (RFC 2606).

Chinese numbers begin with 154, which no operator holds; North American ones are 555-0100 to 555-0199, kept for fiction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.random import Generator

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
DOUBLE_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "东方")
FEMALE = "芳娜敏静丽娟燕玲雪梅兰霞婷颖琳晶洁倩薇萍蕾欣怡雅慧佳璐瑶菲"
MALE = "伟强磊军洋勇杰涛超明刚平辉鹏飞波斌宇浩凯健俊帆帅旭宁龙林峰"
GIVEN_EN_F = [
    "Ada",
    "Bella",
    "Clara",
    "Daisy",
    "Elena",
    "Flora",
    "Grace",
    "Hazel",
    "Iris",
    "Julia",
    "Kira",
    "Laura",
    "Mara",
    "Nora",
    "Olive",
    "Petra",
    "Rosa",
    "Stella",
]
GIVEN_EN_M = "Adam Boris Colin Derek Edgar Felix Gavin Henry Ivan Jonas Karl Leo Marco Nolan Oscar Peter Ralph".split()
FAMILY_EN = "Abernew Brackwell Caldery Dunmorrow Ellingford Fairbeck Greymoor Harlowen Inglewick Jarrowby Kestleigh Larkhollow Merriden Northgale Oakhaven Pemberlow Quillford Rosenvale Silverbrook Thornbury Underhay Velmont Westerlyn Yarrowin".split()
REGIONS_CN = (
    ("广东省", "广州市", 0.14), ("江苏省", "南京市", 0.11), ("浙江省", "杭州市", 0.11), ("上海", "上海市", 0.1),
    ("北京", "北京市", 0.08), ("山东省", "济南市", 0.08), ("四川省", "成都市", 0.07), ("湖北省", "武汉市", 0.05),
    ("河南省", "郑州市", 0.05), ("福建省", "福州市", 0.05), ("湖南省", "长沙市", 0.04), ("辽宁省", "沈阳市", 0.03),
    ("陕西省", "西安市", 0.03), ("安徽省", "合肥市", 0.03), ("重庆", "重庆市", 0.03),
)  # fmt: skip
REGIONS_INTERNATIONAL = (
    ("US", "California", "San Jose", 0.3), ("US", "New York", "Albany", 0.2), ("US", "Texas", "Austin", 0.15),
    ("CA", "Ontario", "Ottawa", 0.15), ("CA", "British Columbia", "Victoria", 0.2),
)  # fmt: skip
STREETS = ("棉纺路", "织锦街", "云帆大道", "桑园里", "青禾路", "锦绣巷")
STREETS_EN = ("Loom Lane", "Cotton Row", "Weaver Street", "Spindle Avenue")
AREA_CODES = "201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248 251 252 253 254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318 319 320 321 323 325 330".split()

DRAWS = 12
"""Chances that make one person who they are."""


@dataclass(frozen=True, slots=True)
class Person:
    number: int
    name: str
    gender: str
    phone: str
    email: str
    account: str
    birth_date: date | None
    country: str
    region: str
    city: str
    address: str
    language: str
    accepts_email: bool


def invent(rng: Generator, count: int, *, international: np.ndarray, today: date) -> list[Person]:
    """``count`` people; ``international[i]`` says whether person i shops in English."""
    chances = zip(rng.random((count, DRAWS)).tolist(), international.tolist(), strict=True)
    return [_person(number, draws, abroad=abroad, today=today) for number, (draws, abroad) in enumerate(chances)]


def _person(number: int, draws: Sequence[float], *, abroad: bool, today: date) -> Person:
    woman = draws[0] < 0.68
    birth = _birth_date(draws, today)
    if abroad:
        given, family = _pick(GIVEN_EN_F if woman else GIVEN_EN_M, draws[1]), _pick(FAMILY_EN, draws[2])
        country, region, city = _weighted(REGIONS_INTERNATIONAL, draws[3])
        area = AREA_CODES[number % len(AREA_CODES)]
        # 100 fictional lines an area code: beyond them the person gave no number.
        line = number // len(AREA_CODES)
        return Person(
            number=number,
            name=f"{given} {family}",
            gender=("female" if woman else "male") if draws[4] < 0.5 else "",
            phone=f"+1{area}55501{line:02}" if line < 100 else "",
            email=f"{given}.{family}{number}@example.com".lower(),
            account="",
            birth_date=birth if draws[5] < 0.2 else None,
            country=country,
            region=region,
            city=city,
            address=f"{1 + int(draws[6] * 900)} {_pick(STREETS_EN, draws[7])}",
            language="en",
            accepts_email=draws[8] < 0.66,
        )
    surname = _pick(DOUBLE_SURNAMES, draws[1]) if draws[9] < 0.01 else _pick(SURNAMES, draws[1])
    pool = FEMALE if woman else MALE
    given = _pick(pool, draws[2]) + (_pick(pool, draws[10]) if draws[11] < 0.6 else "")
    region, city = _weighted(REGIONS_CN, draws[3])
    return Person(
        number=number,
        name=surname + given,
        gender=("female" if woman else "male") if draws[4] < 0.6 else "",
        phone=f"154{number % 100_000_000:08}",
        email=f"mianyu{number}@example.cn" if draws[5] < 0.55 else "",
        account=f"tb{number:07}_{surname}",
        birth_date=birth if draws[6] < 0.35 else None,
        country="CN",
        region=region,
        city=city,
        address=f"{_pick(STREETS, draws[7])}{1 + int(draws[9] * 300)}号",
        language="zh-Hans",
        accepts_email=draws[8] < 0.62,
    )


def _birth_date(draws: Sequence[float], today: date) -> date:
    age = int(20 + 45 * (draws[1] * 0.4 + draws[2] * 0.6))
    return date(today.year - age, 1 + int(draws[5] * 12) % 12, 1 + int(draws[7] * 28) % 28)


def _pick(pool: Sequence[str], draw: float) -> str:
    return pool[int(draw * len(pool))]


def _weighted(pool: Sequence[tuple[Any, ...]], draw: float) -> Sequence[str]:
    """One of the tuples without its last element, which is its weight; weights add up to 1."""
    for *values, weight in pool:
        draw -= weight
        if draw < 0:
            return values
    return pool[-1][:-1]
