"""What a person says about a campaign before it exists, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from guanxi.core.money import Minor
from guanxi.customers.types import Channel, Purpose
from guanxi.marketing.models.campaign import WHOLE

MOST_VARIANTS = 10
LONGEST_WINDOW = 365
LARGEST_AMOUNT = 10**15


class BadPlan(ValueError):
    """The plan cannot be carried out. ``problems`` holds a sentence for people for each field that is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantPlan:
    name: str
    share: int
    """Hundredths of a percent of the customers outside the control group."""
    template_version_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPlan:
    """Money in minor units of ``currency``; shares in hundredths of a percent."""

    name: str
    segment_id: int
    variants: Sequence[VariantPlan]
    channel: str = Channel.EMAIL
    purpose: str = Purpose.MARKETING
    control_share: int = 1000
    """Of all who may be written to."""
    window_days: int = 14
    tracking: bool = True
    fixed_cost: Minor = 0
    cost_per_thousand: Minor = 0
    currency: str


def check_plan(plan: CampaignPlan) -> None:
    """Everything that can be said without looking at segment and templates. Raises BadPlan."""
    problems = {**_basics(plan), **_variants(plan.variants)}
    if problems:
        raise BadPlan(problems)


def _basics(plan: CampaignPlan) -> dict[str, str]:
    problems = {}
    if not plan.name.strip():
        problems["name"] = _("Give the campaign a name.")
    elif len(plan.name) > 120:
        problems["name"] = _("The name may have at most 120 characters.")
    if plan.channel not in set(Channel):
        problems["channel"] = _("There is no channel “%(channel)s”.") % {"channel": plan.channel}
    if plan.purpose not in set(Purpose):
        problems["purpose"] = _("There is no purpose “%(purpose)s”.") % {"purpose": plan.purpose}
    if not 0 <= plan.control_share <= WHOLE // 2:
        problems["control_share"] = _("The control group may take from 0 % to 50 % of the customers.")
    if not 1 <= plan.window_days <= LONGEST_WINDOW:
        problems["window_days"] = _("Orders can be counted for 1 to 365 days.")
    if not 0 <= plan.fixed_cost <= LARGEST_AMOUNT:
        problems["fixed_cost"] = _("The fixed cost must be zero or more.")
    if not 0 <= plan.cost_per_thousand <= LARGEST_AMOUNT:
        problems["cost_per_thousand"] = _("The cost of messages must be zero or more.")
    return problems


def _variants(variants: Sequence[VariantPlan]) -> dict[str, str]:
    names = [variant.name.strip() for variant in variants]
    total = sum(variant.share for variant in variants)
    if not variants:
        return {"variants": _("A campaign needs at least one variant.")}
    if len(variants) > MOST_VARIANTS:
        return {"variants": _("A campaign may have at most %(most)s variants.") % {"most": MOST_VARIANTS}}
    if not all(names) or max(map(len, names)) > 60:
        return {"variants": _("Each variant needs a name of at most 60 characters.")}
    if len({name.casefold() for name in names}) < len(names):
        return {"variants": _("Two variants have the same name.")}
    if min(variant.share for variant in variants) < 1:
        return {"variants": _("Each variant needs a share above 0 %.")}
    if total != WHOLE:
        return {
            "variants": _("The shares of the variants must add up to 100 %%; they add up to %(total)s %%.")
            % {"total": percent(total)}
        }
    return {}


def percent(share: int) -> str:
    """Hundredths of a percent as people write percent: 3333 is ``33.33``, 5000 is ``50``."""
    return f"{share / 100:.2f}".rstrip("0").rstrip(".")
