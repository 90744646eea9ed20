"""How certain a pair is, in three words. No word merges anyone: people do, or accept all pairs of one word.

``sure`` wants a weight of 14 (one in 16,000 wrong, as the model sees it), no name and no birth date that contradicts,
and agreement in more than names and place: birth date, street and number, phone or account. Who lives together, was
named after a parent or has a common name is not sure. ``likely`` wants a weight of 3 (one in nine wrong) and not both
another given name and another birth date. ``possible`` is the rest that was found, from a weight of -3 on.

Measured with the learnt weights, as precision / recall (F1) of a word and those above it:

    =========  =====================  =====================  =====================
    data       sure                   likely                 possible
    =========  =====================  =====================  =====================
    Febrl 4    1.0000 / .818          1.0000 / .990 (.995)   .9992 / .996 (.998)
    Febrl 1    1.0000 / .818          1.0000 / .990 (.995)   1.0000 / .998 (.999)
    fake_1000  1.0000 / .114          1.0000 / .575 (.730)   1.0000 / .719 (.836)
    =========  =====================  =====================  =====================

Not one of the 4,731 sure pairs is wrong. Were they independent, that would put the precision above .9993 at 95%
confidence (rule of three); but the rules for ``sure`` were settled with these data in view, and other data may differ.
Of the million invented customers of `bench.matching` against as many, 50 of 76,560 sure pairs are wrong (precision
.9993), and 61% of the likely ones: among so many, strangers share a name and an e-mail made from it.
Febrl 4 is 5,000 records against 5,000, Febrl 1 1,000 records; both without their social security number. fake_1000 is
1,000 records with four slips in a row and many gaps. The shipped weights alone reach F1 .994, .993 and .791 for
``likely``, with no wrong pair among the sure ones either; `tests/matching/test_known_answers.py` holds all of it.
"""

from enum import StrEnum

from guanxi.customers.matching.comparisons import ACCOUNT, ADDRESS, BIRTH, FAMILY, GIVEN, PHONE, Comparison

SURE, LIKELY, POSSIBLE = 14.0, 3.0, -3.0
"""Least weights: the log2 of the odds that a pair is one person."""


class Certainty(StrEnum):
    SURE = "sure"
    LIKELY = "likely"
    POSSIBLE = "possible"


def sql(compared: tuple[str, ...]) -> str:
    """The certainty of a row ``pair`` of Splink's answer, from its weight and steps."""

    def on(comparison: Comparison, *steps: str) -> str:
        if comparison.name not in compared:
            return "false"
        return f"pair.{comparison.code} IN ({', '.join(str(comparison.gamma(step)) for step in steps)})"

    names_differ = f"{on(GIVEN, 'different')} OR {on(FAMILY, 'different')}"
    shares_more = " OR ".join(
        [
            on(BIRTH, "same", "swapped", "one_digit"),
            on(ADDRESS, "whole", "same", "close"),
            on(PHONE, "same"),
            on(ACCOUNT, "same"),
        ]
    )
    other_birth = on(BIRTH, "different")
    return (
        f"CASE WHEN match_weight >= {SURE} AND NOT ({names_differ} OR {other_birth}) AND ({shares_more})"
        f" THEN '{Certainty.SURE}'"
        f" WHEN match_weight >= {LIKELY} AND NOT ({on(GIVEN, 'different')} AND {other_birth}) THEN '{Certainty.LIKELY}'"
        f" ELSE '{Certainty.POSSIBLE}' END"
    )
