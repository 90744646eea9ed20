from guanxi.customers.matching import Certainty, Person, find
from guanxi.customers.matching.words import sentences

MINGS = {"birth_date": "1990-03-14", "city": "杭州市", "region": "浙江省"}


def steps(left: Person, right: Person) -> dict[str, str]:
    (pair,) = find([left], [right], least_weight=-100).pairs()
    return {reason.comparison: reason.step for reason in pair.reasons}


def test_a_few_records_are_weighed_by_the_shipped_weights() -> None:
    found = find([Person(id=1, name="Anna Berg", **MINGS), Person(id=2, name="Anna Berg", **MINGS)])
    (pair,) = found.pairs()
    assert not found.model.learnt
    assert (pair.left, pair.right, pair.certainty) == (1, 2, Certainty.SURE)
    assert sentences(pair.reasons) == [
        "Same birth date (+14.4)",
        "Same family name and given name (+13.5)",
        "Same city (+5.1)",
    ]


def test_new_records_are_held_against_known_ones_and_not_against_each_other() -> None:
    twice = [Person(id=1, name="Anna Berg", **MINGS), Person(id=2, name="Anna Berg", **MINGS)]
    found = find(twice, [Person(id=1, name="Anna Berg", **MINGS)])
    assert [(pair.left, pair.right) for pair in found.pairs()] == [(1, 1), (2, 1)]


def test_a_chinese_name_is_known_in_traditional_characters_and_in_pinyin() -> None:
    simplified = Person(id=1, name="陈国强", **MINGS)
    assert steps(simplified, Person(id=2, name="陳國強", **MINGS))["given"] == "same"
    pinyin = steps(simplified, Person(id=2, name="Guoqiang Chen", **MINGS))
    assert (pinyin["given"], pinyin["family"]) == ("sound", "sound")
    surname_first = steps(simplified, Person(id=2, name="Chen Guoqiang", **MINGS))
    assert (surname_first["given"], surname_first["family"]) == ("swapped", "swapped")


def test_chinese_given_names_that_share_letters_in_pinyin_are_different() -> None:
    assert steps(Person(id=1, name="王小明", **MINGS), Person(id=2, name="王小红", **MINGS))["given"] == "different"


def test_slips_in_names_and_dates_are_seen_as_such() -> None:
    one = Person(id=1, name="Catherine Müller", email="c.mueller@example.org", birth_date="1990-03-14")
    other = Person(id=2, name="Catherin Muller", email="c.mueller@example.com", birth_date="1990-03-15")
    assert steps(one, other) == {"given": "close", "family": "same", "birth": "one_digit", "email": "same"}
    swapped = Person(id=3, name="C Muller", email="c.mueller@example.com", birth_date="1990-02-01")
    known = Person(id=4, name="Catherine Müller", email="c.mueller@example.com", birth_date="1990-01-02")
    assert steps(known, swapped) == {"given": "initial", "family": "same", "birth": "swapped", "email": "same"}


def test_an_address_is_compared_by_its_parts_whatever_its_spelling() -> None:
    one = Person(id=1, name="王小明", address="浙江省杭州市西湖区文三路 66号 1728室")
    other = Person(id=2, name="王小明", region="浙江", city="杭州市", district="西湖区", address="文三路66号1728室")
    assert steps(one, other) == {"given": "same", "family": "same", "address": "whole", "place": "district"}
    western = Person(id=3, name="Anna Berg", address="12 Hill St., Flat 3", city="Leeds", postcode="LS1 4AP")
    written = Person(id=4, name="Anna Berg", address="12 Hill Street, Flat 3", city="LEEDS", postcode="ls1 4ap")
    assert steps(western, written)["address"] == "whole"
    assert steps(western, written)["place"] == "postcode_and_city"


def test_weak_identifiers_count_masked_or_not() -> None:
    one = Person(id=1, name="王小明", phone="138****5679", accounts=("Ming_90", "x"))
    other = Person(id=2, name="王小明", phone="+8613912345679", accounts=("ming_90",))
    assert steps(one, other) == {"given": "same", "family": "same", "phone": "same", "account": "same"}


def test_what_is_unknown_speaks_neither_for_nor_against() -> None:
    (pair,) = find(
        [Person(id=1, name="Anna Berg", **MINGS)], [Person(id=2, name="Anna Berg")], least_weight=-100
    ).pairs()
    assert {reason.comparison for reason in pair.reasons} == {"given", "family"}


def test_a_household_is_not_one_person() -> None:
    home = {"address": "12 Hill Street", "city": "Leeds", "postcode": "LS1 4AP", "phone": "5550123"}
    father = Person(id=1, name="John Berg", birth_date="1960-03-14", **home)
    mother = Person(id=2, name="Anna Berg", birth_date="1962-11-02", **home)
    child = Person(id=3, name="Lucy Berg", birth_date="1994-07-28", **home)
    found = find([father, mother, child], least_weight=-100)
    assert {pair.certainty for pair in found.pairs()} == {Certainty.POSSIBLE}


def test_twins_are_never_sure() -> None:
    home = {"address": "12 Hill Street", "city": "Leeds", "postcode": "LS1 4AP", "birth_date": "1994-07-28"}
    (pair,) = find([Person(id=1, name="Lucy Berg", **home), Person(id=2, name="Tom Berg", **home)]).pairs()
    assert pair.certainty is not Certainty.SURE


def test_father_and_son_of_one_name_are_never_sure() -> None:
    home = {"address": "12 Hill Street", "city": "Leeds", "postcode": "LS1 4AP"}
    father = Person(id=1, name="John Berg", birth_date="1960-03-14", **home)
    son = Person(id=2, name="John Berg", birth_date="1994-07-28", **home)
    (pair,) = find([father, son]).pairs()
    assert pair.certainty is not Certainty.SURE


def test_a_name_and_a_city_alone_are_never_sure() -> None:
    one, other = (Person(id=number, name="Zebulon Quackenbush", city="Leeds", postcode="LS1 4AP") for number in (1, 2))
    (pair,) = find([one, other]).pairs()
    assert pair.certainty is not Certainty.SURE


def test_nobody_to_compare_gives_nothing() -> None:
    assert list(find([]).pairs()) == []
    assert list(find([Person(id=1)]).pairs()) == []
    twice = [Person(id=1, name="Anna Berg", **MINGS), Person(id=2, name="Anna Berg", **MINGS)]
    assert list(find(twice, []).pairs()) == []
    assert find([Person(id=1, name="Anna Berg"), Person(id=2, name="王小明")]).table.num_rows == 0
