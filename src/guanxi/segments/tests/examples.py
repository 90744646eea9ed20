"""Parameters for every condition, with those that are easy to get wrong: zero, borders, the unknown, open ends."""

from typing import Any

from guanxi.segments.tests.people import LIST_ID

WINDOWS: list[dict[str, Any] | None] = [
    None,
    {"last_days": 90},
    {"before_days": 365},
    {"from": "2026-01-01", "to": "2026-04-30"},
    {"to": "2025-12-31"},
]
TIMES: list[dict[str, Any]] = [{"at_least": 1}, {"at_most": 1}, {"exactly": 0}, {"between": [1, 2]}, {"exactly": 2}]
COUNTS = [{"times": TIMES[i % 5], "within": window} for i, window in enumerate([*WINDOWS, WINDOWS[1]])]
SINCE = [{"within": window} for window in WINDOWS if window]


def _with(extra: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**extra[i % len(extra)], **count} for i, count in enumerate(COUNTS)]


EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "region": [{"values": ["浙江省", "Bayern"]}, {"values": ["O'Higgins"]}],
    "country": [{"values": ["CN"]}],
    "city": [{"values": ["Nürnberg"]}],
    "division": [{"values": ["浙江省"]}, {"values": ["杭州市西湖区", "上海市"]}],
    "age": [{"years": [25, 49], "unknown": False}, {"years": [25, 49], "unknown": True}, {"years": [0, 0]}],
    "gender": [{"values": ["female"]}, {"values": ["female", "unknown"]}],
    "birthday": [{"months": ["this"]}, {"months": ["next", "12"]}],
    "party": [{"values": ["company"]}, {"values": ["person", "household"]}],
    "role": [{"values": ["distributor"]}, {"values": ["consumer", "partner"]}],
    "custom_field": [
        {"about": {"field": 1, "asks": "is", "of": ["Tea", "咖啡"]}},
        {"about": {"field": 1, "asks": "contains", "of": ["100 %", "_纯"]}},
        {"about": {"field": 1, "asks": "empty"}},
        {"about": {"field": 2, "asks": "between", "of": [10, 16.5]}},
        {"about": {"field": 2, "asks": "between", "of": [None, 0]}},
        {"about": {"field": 2, "asks": "between", "of": [16.5, None]}},
        *({"about": {"field": 3, "asks": "within", "of": window}} for window in WINDOWS if window),
        {"about": {"field": 3, "asks": "next_days", "of": 30}},
        {"about": {"field": 4, "asks": "any_of", "of": [41, 42]}},
        {"about": {"field": 5, "asks": "yes"}},
        {"about": {"field": 5, "asks": "no"}},
        {"about": {"field": 5, "asks": "filled"}},
        {"about": {"field": 6, "asks": "filled"}},
        {"about": {"field": 99, "asks": "empty"}},
    ],
    "owner": [{"owners": [7]}, {"owners": [0]}, {"owners": [0, 7, 8]}],
    "tag": [{"values": ["vip"]}, {"values": ["vip", "prefers cotton"]}],
    "source": [{"values": ["taobao", "list"]}],
    "first_shop": [{"shops": [1, 3]}],
    "came_with": [{"batches": [1]}, {"batches": [1, 2]}],
    "customer_since": SINCE,
    "consent": [
        {"channel": "email", "purpose": "marketing", "answers": ["yes"]},
        {"channel": "sms", "purpose": "marketing", "answers": ["no", "unknown"]},
        {"channel": "email", "purpose": "service", "answers": ["yes"]},
        {"channel": "sms", "purpose": "service", "answers": ["no", "unknown"]},
    ],
    "has_email": [{}],
    "has_phone": [{}],
    "orders": COUNTS,
    "spend": [
        {"amount": {"at_least": 20_000}, "within": None},
        {"amount": {"at_most": 0}, "within": {"last_days": 365}},
        {"amount": {"between": [-5_000, 20_000]}, "within": {"from": "2025-06-01"}},
    ],
    "average_order": [
        {"amount": {"at_least": 15_000}, "within": None},
        {"amount": {"at_most": 50_000}, "within": {"last_days": 365}},
    ],
    "first_order": SINCE,
    "last_order": SINCE,
    "bought_product": _with(
        [
            {"match": "is", "values": ["T1"]},
            {"match": "contains", "values": ["towel", "_纯"]},
            {"match": "contains", "values": ["100 %"]},
            {"match": "is", "values": ["Gift", "四件套_纯棉"]},
        ]
    ),
    "bought_category": _with([{"values": ["towels"]}, {"values": ["towels", "bedding"]}]),
    "bought_from_shop": _with([{"shops": [1]}, {"shops": [2, 3]}]),
    "used_discount": COUNTS,
    "had_refund": COUNTS,
    "coupons": [
        {"what": "held", "times": {"at_least": 1}},
        {"what": "redeemed", "times": {"exactly": 0}},
        {"what": "given", "times": {"between": [1, 2]}},
    ],
    "rfm": [
        {"recency": [4, 5]},
        {"recency": [1, 5], "frequency": [1, 5], "monetary": [1, 5]},
        {"recency": [1, 2], "frequency": [3, 5], "monetary": [2, 4]},
    ],
    "tier": [{"tiers": [1]}, {"tiers": [2, 3]}],
    "points": [{"times": {"at_least": 100}}, {"times": {"at_most": 0}}, {"times": {"between": [-50, 99]}}],
    "points_expiring": [
        {"times": {"at_least": 50}, "days": [0, 30]},
        {"times": {"exactly": 0}, "days": [0, 30]},
        {"times": {"at_least": 1}, "days": [30, 3650]},
    ],
    "churn_risk": [{"percent": [70, 100]}, {"percent": [0, 30]}, {"percent": [0, 100]}],
    "lifetime_value": [{"amount": {"at_least": 20_000}}, {"amount": {"at_most": 0}}],
    "expected_orders": [
        {"days": "30", "times": {"at_least": 1}},
        {"days": "90", "times": {"at_most": 0}},
        {"days": "365", "times": {"between": [0, 1]}},
    ],
    "due_again": [{"days": [0, 14]}, {"days": [10, 365]}, {"days": [0, 0]}],
    "likely_category": [
        {"values": ["towels"]},
        {"values": ["towels", "bedding"], "tenths": [1, 3]},
        {"values": ["bedding"], "tenths": [2, 2]},
    ],
    "wants_product": [{"values": ["T1"]}, {"values": ["Gift", "四件套_纯棉"], "places": [1, 1]}, {"values": ["None"]}],
    "wants_category": [{"values": ["towels"]}, {"values": ["towels", "bedding"], "places": [2, 3]}],
    "message_sent": _with([{"channel": "any"}, {"channel": "email"}]),
    "message_opened": _with([{"channel": "any"}, {"channel": "sms"}]),
    "message_clicked": _with([{"channel": "email"}, {"channel": "any"}]),
    "event": _with([{"kind": "order.paid"}, {"kind": "consent.withdrawn"}]),
    "segment": [{"segments": [LIST_ID]}],
}
