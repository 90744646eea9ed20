"""Who they are: age, gender, place, device."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.persona.base import Context, Dimension, Names, Table, condition, known

OLDEST = 120


class Age(Dimension):
    """By year of birth alone, as the segment condition has it."""

    name = "age"
    label = gettext_lazy("Age")
    icon = "cake"
    definition = gettext_lazy("The age reached in this calendar year, of customers whose year of birth is known.")
    ordered = True
    STARTS: ClassVar[tuple[int, ...]] = (0, 18, 25, 35, 45, 55, 65)

    def values(self, context: Context) -> Table:
        import ibis

        facts = context.tables["customer_facts"]
        age = context.now.astimezone(context.zone).year - facts.birth_year
        bands = [(age < start, str(before)) for before, start in zip(self.STARTS, self.STARTS[1:], strict=False)]
        band = ibis.cases((age.isnull() | (age < 0), ""), *bands, else_=str(self.STARTS[-1]))
        return known(facts, band)

    def _ends(self, value: str) -> tuple[int, int]:
        at = self.STARTS.index(int(value))
        return int(value), (*self.STARTS, OLDEST + 1)[at + 1] - 1

    def words(self, value: str, names: Names) -> str:
        youngest, oldest = self._ends(value)
        if oldest == OLDEST:
            return _("%(age)d and older") % {"age": youngest}
        return _("under %(age)d") % {"age": oldest + 1} if not youngest else f"{youngest}–{oldest}"

    def place(self, value: str) -> int:
        return int(value)

    def definition_of(self, value: str) -> dict[str, Any]:
        return condition("age", years=list(self._ends(value)))


class Gender(Dimension):
    name = "gender"
    label = gettext_lazy("Gender")
    icon = "gender-bigender"
    definition = gettext_lazy("Of customers whose gender is known.")

    def values(self, context: Context) -> Table:
        facts = context.tables["customer_facts"]
        return known(facts, facts.gender)

    def words(self, value: str, names: Names) -> str:
        return {"female": _("Female"), "male": _("Male")}.get(value, value)

    def definition_of(self, value: str) -> dict[str, Any]:
        return condition("gender", values=[value])


class Region(Dimension):
    name = "region"
    label = gettext_lazy("Province or state")
    icon = "map-pin"
    definition = gettext_lazy("Where customers live, of those of whom it is known.")

    def values(self, context: Context) -> Table:
        facts = context.tables["customer_facts"]
        return known(facts, facts.region)

    def definition_of(self, value: str) -> dict[str, Any]:
        return condition("region", values=[value])


class Device(Dimension):
    """A customer who came with several devices counts for each."""

    name = "device"
    label = gettext_lazy("Device")
    icon = "device-mobile"
    definition = gettext_lazy(
        "With which devices customers visited your website, of those whose visits are known. Who came with two counts "
        "for both."
    )

    def values(self, context: Context) -> Table:
        visitors = context.tables["visitors"]
        return known(visitors, visitors.device).distinct()

    def words(self, value: str, names: Names) -> str:
        return {"desktop": _("Computer"), "phone": _("Phone"), "tablet": _("Tablet")}.get(value, value)
