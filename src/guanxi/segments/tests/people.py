"""A few dozen invented customers with orders, messages and events; what conditions make of them is in `readings`."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
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
