"""Reasons in words for people, in their language."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guanxi.customers.matching.engine import Reason
from guanxi.customers.matching.labels import Certainty

CERTAINTIES: dict[Certainty, Promise] = {
    Certainty.SURE: pgettext_lazy("certainty of a match", "Sure"),
    Certainty.LIKELY: pgettext_lazy("certainty of a match", "Likely"),
    Certainty.POSSIBLE: pgettext_lazy("certainty of a match", "Possible"),
}
REASONS: dict[tuple[str, str], Promise] = {
    ("given", "same"): gettext_lazy("Same given name"),
    ("given", "sound"): gettext_lazy("Given names sound the same"),
    ("given", "swapped"): gettext_lazy("Given name and family name changed places"),
    ("given", "close"): gettext_lazy("Nearly the same given name"),
    ("given", "initial"): gettext_lazy("Initial of the given name agrees"),
    ("given", "alike"): gettext_lazy("Similar given names"),
    ("given", "different"): gettext_lazy("Different given names"),
    ("family", "same"): gettext_lazy("Same family name"),
    ("family", "sound"): gettext_lazy("Family names sound the same"),
    ("family", "swapped"): gettext_lazy("Family name and given name changed places"),
    ("family", "close"): gettext_lazy("Nearly the same family name"),
    ("family", "initial"): gettext_lazy("Initial of the family name agrees"),
    ("family", "alike"): gettext_lazy("Similar family names"),
    ("family", "different"): gettext_lazy("Different family names"),
    ("birth", "same"): gettext_lazy("Same birth date"),
    ("birth", "swapped"): gettext_lazy("Day and month of birth changed places"),
    ("birth", "one_digit"): gettext_lazy("Birth dates differ in one digit"),
    ("birth", "two_digits"): gettext_lazy("Birth dates differ in two digits"),
    ("birth", "different"): gettext_lazy("Different birth dates"),
    ("address", "whole"): gettext_lazy("Same address"),
    ("address", "same"): gettext_lazy("Same street and number"),
    ("address", "close"): gettext_lazy("Nearly the same street, same number"),
    ("address", "street"): gettext_lazy("Same street"),
    ("address", "alike"): gettext_lazy("Nearly the same street"),
    ("address", "different"): gettext_lazy("Different streets"),
    ("place", "postcode_and_city"): gettext_lazy("Same postcode and city"),
    ("place", "district"): gettext_lazy("Same city and district"),
    ("place", "postcode"): gettext_lazy("Same postcode"),
    ("place", "city"): gettext_lazy("Same city"),
    ("place", "close"): gettext_lazy("Nearly the same postcode or city"),
    ("place", "region"): gettext_lazy("Same region"),
    ("place", "different"): gettext_lazy("Different places"),
    ("phone", "same"): gettext_lazy("Same last four digits of the phone number"),
    ("phone", "different"): gettext_lazy("Different phone numbers"),
    ("email", "same"): gettext_lazy("Same e-mail name before the @"),
    ("email", "close"): gettext_lazy("Nearly the same e-mail name before the @"),
    ("email", "different"): gettext_lazy("Different e-mail addresses"),
    ("account", "same"): gettext_lazy("Same account name"),
    ("account", "different"): gettext_lazy("Different account names"),
}
SAME_NAME = gettext_lazy("Same family name and given name")


def sentence(reason: Reason) -> str:
    """``Same birth date (+8.2)``; the number is how strongly it speaks for one person (or, below zero, against)."""
    return _line(REASONS[reason.comparison, reason.step], reason.weight)


def sentences(reasons: tuple[Reason, ...]) -> list[str]:
    """A pair's reasons for people, the strongest first; agreement of both names is told as one."""
    names = [reason for reason in reasons if reason.comparison in ("given", "family") and reason.step == "same"]
    if len(names) < 2:
        return [sentence(reason) for reason in reasons]
    lines = [(reason.weight, sentence(reason)) for reason in reasons if reason not in names]
    both = sum(reason.weight for reason in names)
    lines.append((both, _line(SAME_NAME, both)))
    return [line for _weight, line in sorted(lines, key=lambda line: -abs(line[0]))]


def _line(words: Promise, weight: float) -> str:
    sign = "−" if round(weight, 1) < 0 else "+"
    return _("%(reason)s (%(weight)s)") % {"reason": words, "weight": f"{sign}{abs(weight):.1f}"}
