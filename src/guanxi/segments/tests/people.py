"""A few dozen invented customers with orders, messages and events, and a plain-Python reading of every condition.

The reading shares nothing with the engine: it walks over rows, one customer at a time.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

NOW = datetime(2026, 5, 10, 4, 30, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
REGIONS = ["浙江省", "广东省", "Bayern", ""]
CITIES = ["杭州市", "Nürnberg", ""]
DIVISION_CODES = {"浙江省": "33", "杭州市西湖区": "330106", "上海市": "31"}
DIVISIONS = ("", "33", "3301", "330106", "310104", "3205")
CATEGORIES = ["towels", "bedding", ""]
TAGS = ["prefers cotton", "staff", "vip"]
SHOPS = {1: "Tmall", 2: "Online", 3: "Old Town"}
PRODUCTS = [
    {
        "product_id": 1,
        "shop_id": 1,
        "key": "sku:T1",
        "title": "TOWEL 100 % cotton",
        "sku": "T1",
        "category": "towels",
    },
    {"product_id": 2, "shop_id": 2, "key": "sku:T1", "title": "Bath towel", "sku": "T1", "category": "towels"},
    {"product_id": 3, "shop_id": 1, "key": "sku:B1", "title": "四件套_纯棉", "sku": "B1", "category": "bedding"},
    {"product_id": 4, "shop_id": 3, "key": "title:Gift", "title": "Gift", "sku": "", "category": ""},
]
EVENTS = ["order.paid", "consent.withdrawn"]
MIDNIGHT_TODAY = datetime(2026, 5, 9, 16, tzinfo=UTC)
LIST_ID = 77
TIERS = {1: "Silver", 2: "Gold", 3: "Shop gold"}
Row = dict[str, Any]


@dataclass
class World:
    """Rows of the warehouse by table."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def of(self, table: str, customer_id: int) -> list[Row]:
        return [row for row in self.tables[table] if row["customer_id"] == customer_id]

    def facts(self, customer_id: int) -> Row:
        return next(row for row in self.tables["customer_facts"] if row["customer_id"] == customer_id)


def moment(rng: random.Random, days: int = 700) -> datetime:
    """Some time before now; sometimes exactly on a border that the conditions use."""
    if rng.random() < 0.15:
        return NOW - timedelta(days=rng.choice([30, 90, 365]))
    return NOW - timedelta(seconds=rng.randrange(days * 86_400))


def world(*, customers: int = 36, seed: int = 5) -> World:
    rng = random.Random(seed)
    made = World()
    made.tables["shops"] = [
        {"shop_id": n, "name": name, "connector": "table", "currency": "CNY"} for n, name in SHOPS.items()
    ]
    made.tables["products"] = [dict(product) for product in PRODUCTS]
    for number in range(1, customers + 1):
        _customer(made, rng, number)
    for _ in range(4):
        _order(made, rng, None)
    _facts(made)
    return made


def _customer(made: World, rng: random.Random, number: int) -> None:
    made.tables["customers"].append(
        {
            "customer_id": number,
            "gender": rng.choice(["female", "male", ""]),
            "birth_year": rng.choice([None, 1950, 1977, 1990, 2001, 2026]),
            "birth_month": rng.choice([None, 1, 5, 6, 12]),
            "country": rng.choice(["CN", "DE", ""]),
            "region": rng.choice(REGIONS),
            "city": rng.choice(CITIES),
            "division": rng.choice(DIVISIONS),
            "source": rng.choice(["taobao", "shopify", "list"]),
            "first_shop_id": rng.choice([None, 1, 2, 3]),
            "has_email": rng.random() < 0.5,
            "has_phone": rng.random() < 0.5,
            "owner_id": {0: 7, 1: 8}.get(number % 4),
            "created_at": moment(rng),
            "erased": rng.random() < 0.05,
            "party": ["person", "company", "household", "person"][number % 4],
            "roles": [",consumer,", ",distributor,", ",business_buyer,partner,"][number % 3],
        }
    )
    for batch_id in ([1], [2], [1, 2], [])[number % 4]:
        made.tables["batch_members"].append(
            {"batch_member_id": 2 * number + batch_id, "batch_id": batch_id, "customer_id": number, "at": NOW}
        )
    for _ in range(rng.choice([0, 0, 1, 2, 5])):
        _order(made, rng, number)
    for tag_id in rng.sample(range(3), rng.choice([0, 1, 2])):
        made.tables["customer_tags"].append(
            {
                "customer_id": number,
                "tag_id": tag_id,
                "tag": TAGS[tag_id],
                "added_at": NOW,
                "removed": rng.random() < 0.3,
            }
        )
    for _ in range(rng.choice([0, 1, 3])):
        _consent(made, rng, number)
    for _ in range(rng.choice([0, 1, 4])):
        _message(made, rng, number)
    for _ in range(rng.choice([0, 1, 3])):
        made.tables["events"].append(
            {
                "event_id": len(made.tables["events"]) + 1,
                "xact": 1,
                "kind": rng.choice(EVENTS),
                "customer_id": number,
                "occurred_at": moment(rng, 200),
            }
        )
    _tiers(made, number)
    _expected(made, number)
    _said(made, number)
    for _ in range(rng.choice([0, 1, 3])):
        made.tables["points_lots"].append(_lot(made, rng, number))
    if rng.random() < 0.3:
        made.tables["segment_members"].append(
            {
                "membership_id": number,
                "segment_id": LIST_ID,
                "customer_id": number,
                "entered_at": NOW - timedelta(days=5),
                "left_at": NOW if rng.random() < 0.3 else None,
            }
        )


def _expected(made: World, number: int) -> None:
    """What models of wants said; of some customers that they no longer say anything."""
    for category, tenth in [("", None)] if number % 7 == 0 else [("towels", 1 + number % 3), ("bedding", 2)]:
        row = {"customer_id": number, "category": category, "chance": 0.25 if tenth else None, "tenth": tenth}
        made.tables["category_chances"].append(row)
    for rank, product in enumerate([None] if number % 5 == 0 else [1, 3, 4][number % 3 :], start=1):
        row = {"customer_id": number, "rank": rank if product else 0, "product_id": product}
        made.tables["next_products"].append(row)


def _tiers(made: World, number: int) -> None:
    """One holds, one was lost, one came by a merge and does not count, one is of a shop's own programme."""
    rows = [(1, 0, {1: 1, 2: 2, 3: None}.get(number % 5), False), (2, 2, 3 if number % 7 == 0 else None, False)]
    rows += [(1, 0, 2, True)] if number % 4 == 0 else []
    for programme, shop, tier, spare in rows:
        made.tables["tier_members"].append(
            {
                "member_id": len(made.tables["tier_members"]) + 1,
                "programme_id": programme,
                "shop_id": shop or None,
                "customer_id": number,
                "tier_id": tier,
                "tier": TIERS.get(tier or 0),
                "tier_rank": tier,
                "since": NOW,
                "spare": spare,
            }
        )


def _said(made: World, number: int) -> None:
    """Custom fields: 1 text, 2 number, 3 date, 4 choice, 5 yes or no, 6 personal. Some emptied, some behind others."""
    days = [
        date(2026, 5, 10),
        date(2026, 2, 9),
        date(2026, 2, 10),
        date(2025, 5, 9),
        date(2026, 6, 9),
        date(2026, 6, 10),
    ]
    said: dict[int, Row] = {
        1: {"text": ["tea", "咖啡", "100 % 四件套_纯棉", "TEA"][number % 4]},
        2: {"number": [0.0, 16.5, 12.0, 16.500001][number % 4]},
        3: {"day": days[number % 6]},
        4: {"choice_id": 40 + number % 4},
        5: {"flag": number % 3 == 0},
        6: {},
    }
    for field_id, value in said.items():
        if (number + field_id) % 5 == 0:
            continue
        emptied = (number + field_id) % 7 == 0
        made.tables["field_values"].append(
            {
                "value_id": len(made.tables["field_values"]) + 1,
                "customer_id": number,
                "field_id": field_id,
                "filled": not emptied,
                "spare": (number + field_id) % 11 == 0,
                **({} if emptied else value),
            }
        )


def asked(made: World, number: int, about: Row) -> bool:
    rows = [row for row in made.of("field_values", number) if row["field_id"] == about["field"]]
    said = [row for row in rows if row["filled"] and not row["spare"]]
    if about["asks"] in ("empty", "filled"):
        return bool(said) == (about["asks"] == "filled")
    return any(_answers(row, about["asks"], about["of"]) for row in said)


def _answers(row: Row, asks: str, of: Any) -> bool:
    today = NOW.astimezone(ZONE).date()
    if asks == "within" and "before_days" in of:
        return row["day"] < today - timedelta(days=of["before_days"])
    if asks == "within" and "last_days" in of:
        return 0 <= (today - row["day"]).days <= of["last_days"]
    return {
        "is": lambda: row["text"].lower() in [text.lower() for text in of],
        "contains": lambda: any(text.lower() in row["text"].lower() for text in of),
        "between": lambda: (of[0] is None or row["number"] >= of[0]) and (of[1] is None or row["number"] <= of[1]),
        "within": lambda: of.get("from", "0") <= row["day"].isoformat() <= of.get("to", "9"),
        "next_days": lambda: 0 <= (row["day"] - today).days <= of,
        "any_of": lambda: row["choice_id"] in of,
        "yes": lambda: row["flag"],
        "no": lambda: not row["flag"],
    }[asks]()


def _lot(made: World, rng: random.Random, number: int) -> Row:
    return {
        "lot_id": len(made.tables["points_lots"]) + 1,
        "customer_id": number,
        "remaining": rng.choice([0, 20, 60, 100, -30]),
        "valid_from": NOW + timedelta(days=rng.choice([-40, 0, 3])),
        "expires_at": rng.choice([None, NOW, NOW + timedelta(days=10), NOW + timedelta(days=30), NOW + timedelta(90)]),
    }


def _consent(made: World, rng: random.Random, number: int) -> None:
    made.tables["consents"].append(
        {
            "customer_id": number,
            "consent_id": len(made.tables["consents"]) + 1,
            "channel": rng.choice(["email", "sms"]),
            "purpose": rng.choice(["marketing", "service"]),
            "granted": rng.random() < 0.6,
            "at": NOW - timedelta(days=rng.randrange(3)),
        }
    )


def _message(made: World, rng: random.Random, number: int) -> None:
    sent = moment(rng, 200)
    opened = sent + timedelta(hours=2) if rng.random() < 0.5 else None
    made.tables["messages"].append(
        {
            "message_id": len(made.tables["messages"]) + 1,
            "customer_id": number,
            "channel": rng.choice(["email", "sms"]),
            "purpose": "marketing",
            "sent_at": sent if rng.random() < 0.9 else None,
            "opened_at": opened,
            "clicked_at": opened + timedelta(minutes=1) if opened and rng.random() < 0.5 else None,
        }
    )


def _order(made: World, rng: random.Random, number: int | None) -> None:
    order_id = len(made.tables["orders"]) + 1
    status = rng.choice(["paid", "completed", "completed", "refunded", "unpaid", "cancelled"])
    kind = "credit_note" if rng.random() < 0.1 else "sale"
    value = rng.choice([5_000, 12_345, 20_000, 150_000])
    counted = kind == "sale" and status in {"paid", "completed", "refunded"}
    refunded = value if status == "refunded" else rng.choice([0, 0, 1_000]) if counted else 0
    placed = moment(rng)
    made.tables["orders"].append(
        {
            "order_id": order_id,
            "shop_id": rng.choice([1, 2, 3]),
            "customer_id": number,
            "kind": kind,
            "status": status,
            "counted": counted,
            "currency": "CNY",
            "total": value,
            "refunded_total": refunded,
            "value": value,
            "net_value": -value if kind == "credit_note" else value - refunded,
            "placed_at": placed,
            "discounted": rng.random() < 0.4,
        }
    )
    for line, product in enumerate(rng.sample(PRODUCTS, rng.choice([0, 1, 2])), start=1):
        made.tables["order_lines"].append(
            {"order_id": order_id, "number": line, "product_id": product["product_id"], "quantity": 2.0, "total": 100}
        )
    if refunded:
        made.tables["refunds"].append(
            {"order_id": order_id, "amount": refunded, "refunded_at": min(NOW, placed + timedelta(days=3))}
        )


def forecast(number: int) -> Row:
    """What the models expect of a customer; of every fourth nothing."""
    if number % 4 == 0:
        return dict.fromkeys(("churn_risk", "lifetime_value", *(f"expected_orders_{n}" for n in (30, 90, 365))))
    return {
        "churn_risk": number % 11 / 10,
        "lifetime_value": number % 7 * 10_000,
        "expected_orders_30": number % 3 / 2,
        "expected_orders_90": number % 5 / 2 if number % 5 > 1 else 0.0,
        "expected_orders_365": number % 9 / 4,
    }


def _facts(made: World) -> None:
    for customer in made.tables["customers"]:
        number = customer["customer_id"]
        sales = [order for order in made.of("orders", number) if order["counted"]]
        notes = [order for order in made.of("orders", number) if order["kind"] == "credit_note"]
        messages = made.of("messages", number)
        made.tables["customer_facts"].append(
            {
                **customer,
                **forecast(number),
                "due_at": MIDNIGHT_TODAY + timedelta(days=number % 6 * 7) if number % 4 else None,
                "orders": len(sales),
                "revenue": sum(order["net_value"] for order in [*sales, *notes]),
                "gross_revenue": sum(order["value"] for order in sales),
                "average_order": sum(order["value"] for order in sales) / len(sales) if sales else None,
                "first_order_at": min((order["placed_at"] for order in sales), default=None),
                "last_order_at": max((order["placed_at"] for order in sales), default=None),
                "discounted_orders": sum(order["discounted"] for order in sales),
                "consent_email_marketing": consent(made, number, "email", "marketing"),
                "consent_sms_marketing": consent(made, number, "sms", "marketing"),
                "messages_sent": sum(message["sent_at"] is not None for message in messages),
                "messages_opened": sum(message["opened_at"] is not None for message in messages),
                "messages_clicked": sum(message["clicked_at"] is not None for message in messages),
                "coupons_held": number % 3,
                "coupons_redeemed": number % 2,
                "coupons_given": number % 4,
            }
        )


def consent(made: World, number: int, channel: str, purpose: str) -> str:
    said = [row for row in made.of("consents", number) if (row["channel"], row["purpose"]) == (channel, purpose)]
    if not said:
        return "unknown"
    return "yes" if max(said, key=lambda row: (row["at"], row["consent_id"]))["granted"] else "no"


def in_period(when: datetime | None, period: Mapping[str, Any] | None) -> bool:
    if when is None:
        return False
    if not period:
        return True
    if "last_days" in period:
        return when >= NOW - timedelta(days=period["last_days"])
    if "before_days" in period:
        return when < NOW - timedelta(days=period["before_days"])
    day = when.astimezone(ZONE).date()
    start, end = (date.fromisoformat(period[name]) if name in period else None for name in ("from", "to"))
    return (start is None or day >= start) and (end is None or day <= end)


def fits(number: float | None, wanted: Mapping[str, Any]) -> bool:
    if number is None:
        return False
    ((operator, given),) = wanted.items()
    return {
        "at_least": lambda: number >= given,
        "at_most": lambda: number <= given,
        "exactly": lambda: number == given,
        "between": lambda: given[0] <= number <= given[1],
    }[operator]()


def fifth(made: World, column: str, number: int) -> int:
    """Score 1 to 5 by the definition of warehouse/rfm.py."""
    values = sorted(row[column] for row in made.tables["customer_facts"] if row["orders"])
    cuts = [values[-(-k * len(values) // 5) - 1] for k in (1, 2, 3, 4)]
    return 1 + sum(made.facts(number)[column] > cut for cut in cuts)


def sales(made: World, number: int, within: Any) -> list[Row]:
    return [order for order in made.of("orders", number) if order["counted"] and in_period(order["placed_at"], within)]


def with_product(made: World, number: int, p: Row, wanted: Callable[[Row], bool]) -> bool:
    ids = {product["product_id"] for product in PRODUCTS if wanted(product)}
    orders = {line["order_id"] for line in made.tables["order_lines"] if line["product_id"] in ids}
    return fits(sum(order["order_id"] in orders for order in sales(made, number, p["within"])), p["times"])


def messages(made: World, number: int, p: Row, column: str) -> bool:
    rows = [row for row in made.of("messages", number) if p["channel"] in ("any", row["channel"])]
    return fits(sum(in_period(row[column], p["within"]) for row in rows), p["times"])


def holds(made: World, number: int, name: str, p: Row) -> bool:
    """Whether one customer meets one condition whose parameters are clean."""
    facts = made.facts(number)
    readings: dict[str, Callable[[], bool]] = {
        "region": lambda: facts["region"] in p["values"],
        "country": lambda: facts["country"] in p["values"],
        "city": lambda: facts["city"] in p["values"],
        "division": lambda: any(facts["division"].startswith(DIVISION_CODES[value]) for value in p["values"]),
        "source": lambda: facts["source"] in p["values"],
        "gender": lambda: (facts["gender"] or "unknown") in p["values"],
        "age": lambda: (
            p["unknown"]
            if facts["birth_year"] is None
            else p["years"][0] <= 2026 - facts["birth_year"] <= p["years"][1]
        ),
        "birthday": lambda: facts["birth_month"] in {{"this": 5, "next": 6}.get(m) or int(m) for m in p["months"]},
        "party": lambda: facts["party"] in p["values"],
        "role": lambda: bool({*facts["roles"].split(",")} & {*p["values"]}),
        "came_with": lambda: any(row["batch_id"] in p["batches"] for row in made.of("batch_members", number)),
        "custom_field": lambda: asked(made, number, p["about"]),
        "owner": lambda: (facts["owner_id"] or 0) in p["owners"],
        "tag": lambda: any(
            row["tag"] in p["values"] and not row["removed"] for row in made.of("customer_tags", number)
        ),
        "first_shop": lambda: facts["first_shop_id"] in p["shops"],
        "customer_since": lambda: in_period(facts["created_at"], p["within"]),
        "consent": lambda: consent(made, number, p["channel"], p["purpose"]) in p["answers"],
        "has_email": lambda: facts["has_email"],
        "has_phone": lambda: facts["has_phone"],
        "orders": lambda: fits(len(sales(made, number, p["within"])), p["times"]),
        "spend": lambda: fits(_spend(made, number, p["within"]), p["amount"]),
        "average_order": lambda: fits(_average(made, number, p["within"]), p["amount"]),
        "first_order": lambda: in_period(facts["first_order_at"], p["within"]),
        "last_order": lambda: in_period(facts["last_order_at"], p["within"]),
        "bought_product": lambda: with_product(made, number, p, lambda product: _named(product, p)),
        "bought_category": lambda: with_product(made, number, p, lambda product: product["category"] in p["values"]),
        "bought_from_shop": lambda: fits(
            sum(order["shop_id"] in p["shops"] for order in sales(made, number, p["within"])), p["times"]
        ),
        "used_discount": lambda: fits(sum(o["discounted"] for o in sales(made, number, p["within"])), p["times"]),
        "had_refund": lambda: fits(_refunds(made, number, p["within"]), p["times"]),
        "coupons": lambda: fits(facts[f"coupons_{p['what']}"], p["times"]),
        "rfm": lambda: _scored(made, number, p),
        "points": lambda: fits(
            sum(lot["remaining"] for lot in made.of("points_lots", number) if lot["valid_from"] <= NOW and _open(lot)),
            p["times"],
        ),
        "points_expiring": lambda: fits(_expiring(made, number, p["days"]), p["times"]),
        "churn_risk": lambda: (
            facts["churn_risk"] is not None and p["percent"][0] <= round(100 * facts["churn_risk"]) <= p["percent"][1]
        ),
        "lifetime_value": lambda: fits(facts["lifetime_value"], p["amount"]),
        "expected_orders": lambda: fits(facts[f"expected_orders_{p['days']}"], p["times"]),
        "due_again": lambda: (
            facts["due_at"] is not None
            and p["days"][0] <= (facts["due_at"].astimezone(ZONE).date() - NOW.date()).days <= p["days"][1]
        ),
        "likely_category": lambda: any(
            row["category"] in p["values"] and p["tenths"][0] <= row["tenth"] <= p["tenths"][1]
            for row in made.of("category_chances", number)
            if row["category"]
        ),
        "wants_product": lambda: _wants(made, number, p, lambda product: _named(product, {**p, "match": "is"})),
        "wants_category": lambda: _wants(made, number, p, lambda product: product["category"] in p["values"]),
        "message_sent": lambda: messages(made, number, p, "sent_at"),
        "message_opened": lambda: messages(made, number, p, "opened_at"),
        "message_clicked": lambda: messages(made, number, p, "clicked_at"),
        "event": lambda: fits(
            sum(
                row["kind"] == p["kind"] and in_period(row["occurred_at"], p["within"])
                for row in made.of("events", number)
            ),
            p["times"],
        ),
        "tier": lambda: any(
            row["tier_id"] in p["tiers"] for row in made.of("tier_members", number) if not row["spare"]
        ),
        "segment": lambda: any(row["left_at"] is None for row in made.of("segment_members", number)),
    }
    return readings[name]()


def _wants(made: World, number: int, p: Row, wanted: Callable[[Row], bool]) -> bool:
    ids = {product["product_id"] for product in PRODUCTS if wanted(product)}
    rows = [row for row in made.of("next_products", number) if row["product_id"]]
    return any(row["product_id"] in ids and p["places"][0] <= row["rank"] <= p["places"][1] for row in rows)


def _aged(born: int | None, p: Row) -> bool:
    return p["unknown"] if born is None else p["years"][0] <= NOW.year - born <= p["years"][1]


def _named(product: Row, p: Row) -> bool:
    if p["match"] == "is":
        return product["title"] in p["values"] or product["sku"] in p["values"]
    return any(value.lower() in product["title"].lower() for value in p["values"])


def _spend(made: World, number: int, within: Any) -> int:
    rows = [o for o in made.of("orders", number) if o["counted"] or o["kind"] == "credit_note"]
    return sum(order["net_value"] for order in rows if in_period(order["placed_at"], within))


def _average(made: World, number: int, within: Any) -> float | None:
    rows = sales(made, number, within)
    return sum(order["value"] for order in rows) / len(rows) if rows else None


def _refunds(made: World, number: int, within: Any) -> int:
    given = {row["order_id"] for row in made.tables["refunds"] if in_period(row["refunded_at"], within)}
    return sum(order["order_id"] in given for order in made.of("orders", number))


def _open(lot: Row) -> bool:
    return lot["expires_at"] is None or lot["expires_at"] > NOW


def _expiring(made: World, number: int, days: list[int]) -> int:
    first, last = (NOW + timedelta(days=one) for one in days)
    lots = [lot for lot in made.of("points_lots", number) if lot["expires_at"] and lot["remaining"] > 0]
    return sum(lot["remaining"] for lot in lots if first < lot["expires_at"] <= last)


def _scored(made: World, number: int, p: Row) -> bool:
    if not made.facts(number)["orders"]:
        return False
    columns = {"recency": "last_order_at", "frequency": "orders", "monetary": "revenue"}
    return all(p[name][0] <= fifth(made, column, number) <= p[name][1] for name, column in columns.items())


def meets(made: World, number: int, node: Row) -> bool:
    """Whether one customer meets a definition, as JSON whose parameters are clean."""
    if "condition" in node:
        return holds(made, number, node["condition"], {key: node[key] for key in node if key != "condition"})
    held = [meets(made, number, child) for child in node["of"]]
    return {"all": all(held), "any": any(held), "none": not any(held)}[node["match"]]


def members(made: World, node: Row) -> list[int]:
    """Ids of everyone who meets a definition, ascending."""
    alive = [row["customer_id"] for row in made.tables["customer_facts"] if not row["erased"]]
    return [number for number in alive if meets(made, number, node)]


MIDNIGHT = datetime.combine(date(2026, 3, 1), time.min, ZONE)
