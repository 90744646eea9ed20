"""What they are to the merchant: tier, RFM group, expected value."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.analytics.persona.base import Context, Dimension, Names, Table, condition, known
from guanxi.analytics.reports.base import MONEY
from guanxi.analytics.reports.rfm_groups import GROUPS, group_definition
from guanxi.analytics.reports.words import shown
from guanxi.warehouse import rfm

FIFTHS = (0.2, 0.4, 0.6, 0.8)


class Tier(Dimension):
    """Of all programmes; a customer may hold a tier of several."""

    name = "tier"
    label = gettext_lazy("Tier")
    icon = "stairs-up"
    definition = gettext_lazy("Of customers who hold a tier.")

    def values(self, context: Context) -> Table:
        members = context.tables["tier_members"]
        held = members.filter(members.tier_id.notnull(), ~members.spare)
        return known(held, held.tier_id).distinct()

    def words(self, value: str, names: Names) -> str:
        return names.label("tier", int(value))

    def definition_of(self, value: str) -> dict[str, Any]:
        return condition("tier", tiers=[int(value)])


class RfmGroup(Dimension):
    name = "rfm"
    label = gettext_lazy("RFM group")
    icon = "chart-grid-dots"
    definition = gettext_lazy(
        "Of customers who have bought: how lately and how often, in the groups of the RFM report."
    )
    ordered = True

    def values(self, context: Context) -> Table:
        import ibis

        facts = context.tables["customer_facts"]
        buyers = facts.filter(facts.orders > 0)
        scores = rfm.scores(buyers, context.tables[rfm.TABLE])
        inside = [
            (scores.recency.between(*recency) & scores.frequency.between(*frequency), name)
            for name, group in GROUPS.items()
            for recency, frequency in group.boxes
        ]
        return known(buyers, ibis.cases(*inside, else_=""))

    def words(self, value: str, names: Names) -> str:
        return str(GROUPS[value].label)

    def place(self, value: str) -> int:
        return list(GROUPS).index(value)

    def definition_of(self, value: str) -> dict[str, Any]:
        return group_definition(value)


class ExpectedValue(Dimension):
    """Fifths of the customers that the model knows. A value is the two ends of a fifth, the lower one excluded."""

    name = "value"
    label = gettext_lazy("Expected value, next 12 months")
    icon = "diamond"
    definition = gettext_lazy(
        "Of customers of whom the model of customer value says something, in five bands of as many customers each; "
        "bands of the same value are one."
    )
    ordered = True

    def values(self, context: Context) -> Table:
        import ibis

        facts = context.tables["customer_facts"]
        worth = facts.lifetime_value
        cuts = context.snapshot.once(("persona.value",), lambda: _cuts(context))
        ends = ["", *map(str, cuts), ""]
        bands = [(worth <= cut, f"{ends[at]}..{cut}") for at, cut in enumerate(cuts)]
        band = ibis.cases((worth.isnull(), ""), *bands, else_=f"{ends[len(cuts)]}..")
        return known(facts, band)

    def words(self, value: str, names: Names) -> str:
        low, high = (shown(int(end), MONEY, names.currency) if end else "" for end in value.split(".."))
        if low and high:
            return _("over %(low)s to %(high)s") % {"low": low, "high": high}
        if low:
            return _("over %(low)s") % {"low": low}
        return _("up to %(high)s") % {"high": high} if high else _("as much as everyone")

    def place(self, value: str) -> int:
        low = value.split("..", maxsplit=1)[0]
        return int(low) if low else -1

    def definition_of(self, value: str) -> dict[str, Any] | None:
        low, high = value.split("..")
        if not low and not high:
            return None
        if not low:
            return condition("lifetime_value", amount={"at_most": int(high)})
        if not high:
            return condition("lifetime_value", amount={"at_least": int(low) + 1})
        return condition("lifetime_value", amount={"between": [int(low) + 1, int(high)]})


def _cuts(context: Context) -> list[int]:
    """Four amounts or, where many customers are worth the same, fewer. The largest is never one."""
    facts = context.tables["customer_facts"]
    told = facts.filter(facts.lifetime_value.notnull(), ~facts.erased).select("lifetime_value")
    worths = np.sort(context.snapshot.execute(told).column(0).to_numpy())
    if not len(worths):
        return []
    found = {int(worths[int(part * (len(worths) - 1))]) for part in FIFTHS}
    return sorted(found - {int(worths[-1])})
