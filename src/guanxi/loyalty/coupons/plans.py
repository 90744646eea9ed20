"""What a person says about a coupon before it is saved, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from guanxi.loyalty.coupons import codes, conditions
from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.coupons.kinds.fields import whole_number
from guanxi.loyalty.coupons.problems import BadRule
from guanxi.loyalty.models.coupons import CodeStyle, GiveBack

LONGEST_PREFIX = 8
MOST_USES = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponPlan:
    """Everything that can be said of a coupon; see the model for what each means."""

    name: str
    kind: str
    currency: str
    params: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    code_style: str = CodeStyle.SHARED.value
    shared_code: str = ""
    prefix: str = ""
    holders_only: bool = False
    exclusive: bool = False
    stack_group: str = ""
    limit_total: int | None = None
    limit_per_customer: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    valid_days: int | None = None
    give_back: str = GiveBack.FULL.value


def checked(plan: CouponPlan) -> CouponPlan:
    """The plan as it is kept. Raises BadRule with a sentence for each field that is wrong."""
    problems = {**_basics(plan), **_limits(plan)}
    shared, prefix = codes.normalise(plan.shared_code), codes.normalise(plan.prefix)
    problems.update(_codes(plan, shared, prefix))
    params, asked = dict(plan.params), dict(plan.conditions)
    if plan.kind in KINDS:
        try:
            params = KINDS.get(plan.kind).check(plan.params)
        except BadRule as bad:
            problems.update({f"params.{name}": said for name, said in bad.problems.items()})
    try:
        asked = conditions.parse(plan.conditions).to_json()
    except BadRule as bad:
        problems.update({f"conditions.{name}": said for name, said in bad.problems.items()})
    if problems:
        raise BadRule(problems)
    unique = plan.code_style == CodeStyle.UNIQUE
    return replace(
        plan,
        name=plan.name.strip(),
        params=params,
        conditions=asked,
        shared_code="" if unique else shared,
        prefix=prefix if unique else "",
        holders_only=plan.holders_only and not unique,
        stack_group=plan.stack_group.strip(),
    )


def _basics(plan: CouponPlan) -> dict[str, str]:
    problems = {}
    if not plan.name.strip():
        problems["name"] = _("Give the coupon a name.")
    elif len(plan.name) > 120:
        problems["name"] = _("The name may have at most 120 characters.")
    if plan.kind not in KINDS:
        problems["kind"] = _("There is no kind of coupon “%(kind)s”.") % {"kind": plan.kind[:40]}
    if plan.code_style not in CodeStyle.values:
        problems["code_style"] = _("Choose how its codes are made.")
    if plan.give_back not in GiveBack.values:
        problems["give_back"] = _("Choose when a used coupon comes back.")
    if len(plan.stack_group) > 40:
        problems["stack_group"] = _("A group's name may have at most 40 characters.")
    return problems


def _codes(plan: CouponPlan, shared: str, prefix: str) -> dict[str, str]:
    if plan.code_style == CodeStyle.UNIQUE:
        if len(prefix) > LONGEST_PREFIX or not _plain(prefix):
            return {"prefix": _("At most 8 letters from A to Z and digits.")}
        return {}
    if not 3 <= len(shared) <= codes.LONGEST or not (shared.isalnum() and shared.isprintable()):
        return {"shared_code": _("A code has from 3 to 24 letters and digits.")}
    return {}


def _plain(text: str) -> bool:
    return text == "" or (text.isascii() and text.isalnum())


def _limits(plan: CouponPlan) -> dict[str, str]:
    problems = {}
    if plan.limit_total is not None and not whole_number(plan.limit_total, 1, MOST_USES):
        problems["limit_total"] = _("A limit is a whole number above zero.")
    if plan.limit_per_customer is not None and not whole_number(plan.limit_per_customer, 1, 10_000):
        problems["limit_per_customer"] = _("A limit is a whole number above zero.")
    if plan.valid_days is not None and not whole_number(plan.valid_days, 1, 3650):
        problems["valid_days"] = _("From 1 to 3650 days.")
    if plan.valid_from and plan.valid_until and plan.valid_from >= plan.valid_until:
        problems["valid_until"] = _("It would end before it begins.")
    return problems
