"""Reading definitions: what is wrong is said with the path to it."""

import pytest

from guanxi.segments.conditions.names import Names
from guanxi.segments.definition import describe, find_circle, parse, to_json
from guanxi.segments.errors import DefinitionError

BAD = [
    ("{", "", "is not JSON"),
    ([], "", "must be an object"),
    ({"match": "some", "of": []}, "", "one of all, any, none"),
    ({"match": "all", "of": {}}, "of", "must be a list"),
    ({"match": "all", "of": [], "not": 1}, "", "has no not"),
    ({"match": "all", "of": [{"match": "any", "of": []}]}, "of[0]", "empty"),
    ({"match": "all", "of": [{"condition": "astrology"}]}, "of[0]", "there is no condition “astrology”"),
    ({"match": "all", "of": [{"condition": ["orders"]}]}, "of[0]", "there is no condition"),
    ({"match": "all", "of": [{"condition": "orders", "colour": 1}]}, "of[0]", "no parameter colour"),
    (
        {"match": "all", "of": [{"condition": "has_email"}, {"match": "any", "of": [{"condition": "region"}]}]},
        "of[1].of[0].values",
        "choose at least one",
    ),
    ({"condition": "orders", "times": {"at_least": "2"}}, "times", "whole number"),
    ({"condition": "orders", "times": {"at_least": True}}, "times", "whole number"),
    ({"condition": "orders", "times": {"between": [5, 2]}}, "times", "must not be the larger"),
    ({"condition": "orders", "times": {"roughly": 2}}, "times", "one comparison"),
    ({"condition": "orders", "within": {"last_days": 0}}, "within", "number of days"),
    ({"condition": "orders", "within": {"from": "2026-02-30"}}, "within", "must be a date"),
    ({"condition": "orders", "within": {"from": "2026-02-03", "to": "2026-02-01"}}, "within", "must not be the later"),
    ({"condition": "last_order", "within": None}, "within", "choose a period"),
    ({"condition": "rfm", "recency": [0, 5]}, "recency", "between 1 and 5"),
    ({"condition": "segment", "segments": ["1"]}, "segments", "whole numbers"),
    ({"condition": "age", "unknown": "yes"}, "unknown", "true or false"),
]


@pytest.mark.parametrize(("raw", "path", "message"), BAD)
def test_says_where_and_what(raw: object, path: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(raw)
    assert caught.value.path == path
    assert message in caught.value.message


def test_depth_is_limited() -> None:
    nested: dict[str, object] = {"condition": "has_email"}
    for _ in range(6):
        nested = {"match": "all", "of": [nested]}
    parse(nested)
    with pytest.raises(DefinitionError, match="nested more than 6 deep"):
        parse({"match": "all", "of": [nested]})


def test_number_of_conditions_is_limited() -> None:
    with pytest.raises(DefinitionError, match="more than 60 conditions"):
        parse({"match": "all", "of": [{"condition": "has_email"}] * 61})


def test_one_condition_becomes_a_group_and_defaults_are_filled_in() -> None:
    assert to_json(parse({"condition": "orders"})) == {
        "match": "all",
        "of": [{"condition": "orders", "times": {"at_least": 1}, "within": None}],
    }


def test_circles_are_found() -> None:
    used = {2: parse({"condition": "segment", "segments": [3]}), 3: parse({"condition": "segment", "segments": [1, 2]})}
    node = parse({"condition": "segment", "segments": [2]})
    assert find_circle(1, node, used.get) == [1, 2, 3, 1]
    assert find_circle(9, node, used.get) == []


def test_describes_in_words() -> None:
    node = parse(
        {
            "match": "all",
            "of": [
                {"condition": "orders", "times": {"at_least": 2}, "within": {"last_days": 90}},
                {
                    "match": "any",
                    "of": [
                        {"condition": "spend", "amount": {"between": [10_000, 1_234_500]}},
                        {"condition": "bought_from_shop", "shops": [4, 9]},
                    ],
                },
                {"match": "none", "of": [{"condition": "region", "values": ["浙江省", "Bayern"]}]},
            ],
        }
    )
    assert describe(node, Names(shops={4: "Tmall"}, currency="CNY")) == (
        "Orders: at least 2, in the last 90 days"
        " and (Spent, net of refunds: between ¥100.00 and ¥12,345.00"
        " or Bought from shop: Tmall or no. 9 (unknown), at least 1)"
        " and (none of these: Province or state: “浙江省” or “Bayern”)"
    )
    assert describe(parse({}), Names()) == "every customer"
