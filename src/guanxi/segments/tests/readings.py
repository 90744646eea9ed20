"""A plain-Python reading of every condition, over the rows of `people`.

It shares nothing with the engine: it walks over rows, one customer at a time.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from guanxi.segments.tests.people import DIVISION_CODES, NOW, PRODUCTS, ZONE, Row, World, consent


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
