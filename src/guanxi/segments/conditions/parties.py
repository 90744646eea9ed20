"""What the customer is, what it is to us, and with whom it came."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.customers.parties.kinds import Party, Role
from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table
from guanxi.segments.conditions.fields import Choices, Picks
from guanxi.segments.conditions.names import Names


class PartyKind(Condition):
    name = "party"
    label = gettext_lazy("Kind of customer")
    icon = "building-skyscraper"
    group = "profile"
    keywords = "person company household 个人 企业 公司 家庭 客户类型"
    fields = (Choices(name="values", label=gettext_lazy("is"), choices=tuple(Party.choices)),)

    def predicate(self, params: Params, context: Context) -> Expression:
        return context.facts.party.isin(params["values"]).fill_null(False)

    def own(self, params: Params, context: Context) -> Table:
        return context.facts.select("customer_id", own=context.facts.party)

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        return str(Party(rows[0]["own"]).label) if rows and rows[0]["own"] else _("unknown")


class HasRole(Condition):
    """Roles stand in the facts as ``,distributor,partner,``, which every engine can search."""

    name = "role"
    label = gettext_lazy("Role")
    icon = "briefcase"
    group = "profile"
    keywords = "distributor retailer supplier partner 经销商 零售商 供应商 合作伙伴 角色"
    fields = (Choices(name="values", label=gettext_lazy("is one of"), choices=tuple(Role.choices)),)

    def predicate(self, params: Params, context: Context) -> Expression:
        roles = context.facts.roles
        return reduce(or_, [roles.contains(f",{value},") for value in params["values"]]).fill_null(False)

    def own(self, params: Params, context: Context) -> Table:
        return context.facts.select("customer_id", own=context.facts.roles)

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        said = (rows[0]["own"] if rows else "") or ""
        return _(", ").join(str(Role(one).label) for one in said.split(",") if one) or _("unknown")


class CameWith(Condition):
    name = "came_with"
    label = gettext_lazy("Came with")
    icon = "id"
    group = "profile"
    keywords = "fair cards batch import 展会 名片 批次 導入"
    fields = (Picks(name="batches", label=gettext_lazy("is one of"), source="batch"),)

    def predicate(self, params: Params, context: Context) -> Expression:
        members = context.tables["batch_members"]
        return context.among(members.filter(members.batch_id.isin(params["batches"])))

    def own(self, params: Params, context: Context) -> Table:
        return context.tables["batch_members"].select("customer_id", "batch_id")

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        numbers = sorted({row["batch_id"] for row in rows})
        return _(", ").join(names.label("batch", number) for number in numbers) or _("no batch")
