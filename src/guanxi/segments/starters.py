"""Segments to begin with: what merchants ask for first, ready to be changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Starter:
    key: str
    name: Promise
    text: Promise
    icon: str
    definition: Mapping[str, Any]


def _all(*of: Mapping[str, Any]) -> dict[str, Any]:
    return {"match": "all", "of": list(of)}


def _any(*of: Mapping[str, Any]) -> dict[str, Any]:
    return {"match": "any", "of": list(of)}


MAY_WRITE = _any(
    {"condition": "consent", "channel": "email", "purpose": "marketing", "answers": ["yes"]},
    {"condition": "consent", "channel": "sms", "purpose": "marketing", "answers": ["yes"]},
)

STARTERS: Sequence[Starter] = (
    Starter(
        "new",
        _("New this month"),
        _("First order in the last 30 days: welcome them, so that they come a second time."),
        "sparkles",
        _all({"condition": "first_order", "within": {"last_days": 30}}),
    ),
    Starter(
        "best",
        _("Best customers"),
        _("Bought lately, often and for much: thank them before you discount."),
        "crown",
        _all({"condition": "rfm", "recency": [4, 5], "frequency": [4, 5], "monetary": [4, 5]}),
    ),
    Starter(
        "drifting",
        _("Drifting away"),
        _("Bought at least twice, and not in the last half year: ask them back."),
        "wind",
        _all(
            {"condition": "orders", "times": {"at_least": 2}, "within": None},
            {"condition": "last_order", "within": {"before_days": 180}},
        ),
    ),
    Starter(
        "once",
        _("Never came back"),
        _("One order, more than 90 days ago, and none since."),
        "door-exit",
        _all(
            {"condition": "orders", "times": {"exactly": 1}, "within": None},
            {"condition": "last_order", "within": {"before_days": 90}},
        ),
    ),
    Starter(
        "birthday",
        _("Birthday this month"),
        _("Where the month of birth is known."),
        "cake",
        _all({"condition": "birthday", "months": ["this"]}),
    ),
    Starter(
        "mothers_day",
        _("Mother's Day"),
        _("Women, or buyers of towels, 25 to 49 where known, who bought in the last two years and agreed to hear."),
        "flower",
        _all(
            _any(
                {"condition": "gender", "values": ["female"]},
                {"condition": "bought_product", "match": "contains", "values": ["towel", "毛巾", "浴巾"]},
            ),
            {"condition": "age", "years": [25, 49], "unknown": True},
            {"condition": "last_order", "within": {"last_days": 730}},
            MAY_WRITE,
        ),
    ),
    Starter(
        "discount_hunters",
        _("Only with a discount"),
        _("At least two orders with a discount in a year, and a small average order."),
        "discount",
        _all(
            {"condition": "used_discount", "times": {"at_least": 2}, "within": {"last_days": 365}},
            {"condition": "rfm", "monetary": [1, 3]},
        ),
    ),
    Starter(
        "silent_readers",
        _("Read but did not buy"),
        _("Opened a message in the last 30 days and placed no order since."),
        "mail-opened",
        _all(
            {"condition": "message_opened", "within": {"last_days": 30}},
            {"match": "none", "of": [{"condition": "orders", "within": {"last_days": 30}}]},
        ),
    ),
)


def starter(key: str) -> Starter | None:
    return next((one for one in STARTERS if one.key == key), None)
