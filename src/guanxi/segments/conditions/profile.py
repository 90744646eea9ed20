"""Who the customer is: place, age, gender, birthday."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table
from guanxi.segments.conditions.fields import Choices, Range, Switch, Values
from guanxi.segments.conditions.names import Names


class OneOf(Condition):
    """A column of the facts is one of some texts."""

    group = "profile"
    column: ClassVar[str]

    def predicate(self, params: Params, context: Context) -> Expression:
        return context.facts[self.column].isin(params["values"]).fill_null(False)

    def own(self, params: Params, context: Context) -> Table:
        return context.facts.select("customer_id", own=context.facts[self.column])

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        return (rows[0]["own"] if rows else "") or _("unknown")


class Region(OneOf):
    name = "region"
    label = gettext_lazy("Province or state")
    icon = "map-pin"
    column = "region"
    keywords = "place address 省 地区 地區"
    fields = (Values(name="values", label=gettext_lazy("is one of"), source="region"),)


class Country(OneOf):
    name = "country"
    label = gettext_lazy("Country")
    icon = "world"
    column = "country"
    keywords = "place nation 国家 國家"
    fields = (Values(name="values", label=gettext_lazy("is one of"), source="country"),)


class City(OneOf):
    name = "city"
    label = gettext_lazy("City")
    icon = "building-community"
    column = "city"
    keywords = "place town 城市"
    fields = (Values(name="values", label=gettext_lazy("is one of"), source="city"),)


class Gender(OneOf):
    """``unknown`` stands for the empty text that the facts hold."""

    name = "gender"
    label = gettext_lazy("Gender")
    icon = "gender-bigender"
    column = "gender"
    keywords = "sex woman man 性别 性別"
    GENDERS: ClassVar[Sequence[tuple[str, Any]]] = (
        ("female", gettext_lazy("female")),
        ("male", gettext_lazy("male")),
        ("unknown", gettext_lazy("unknown")),
    )
    fields = (Choices(name="values", label=gettext_lazy("is"), choices=GENDERS),)

    def predicate(self, params: Params, context: Context) -> Expression:
        wanted = ["" if value == "unknown" else value for value in params["values"]]
        return context.facts.gender.isin(wanted).fill_null("" in wanted)

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        return str(dict(self.GENDERS).get(rows[0]["own"] if rows else "", _("unknown")))


class Age(Condition):
    """By year of birth alone, which is all the warehouse holds: the age reached in the current calendar year."""

    name = "age"
    label = gettext_lazy("Age")
    icon = "cake"
    group = "profile"
    keywords = "old young years 年龄 年齡"
    fields = (
        Range(name="years", label=gettext_lazy("years"), low=0, high=120, initial=[25, 49]),
        Switch(name="unknown", label=gettext_lazy("or age unknown")),
    )

    def predicate(self, params: Params, context: Context) -> Expression:
        youngest, oldest = params["years"]
        year, born = context.now.astimezone(context.zone).year, context.facts.birth_year
        return born.between(year - oldest, year - youngest).fill_null(params["unknown"])

    def own(self, params: Params, context: Context) -> Table:
        year = context.now.astimezone(context.zone).year
        return context.facts.select("customer_id", own=year - context.facts.birth_year)

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        age = rows[0]["own"] if rows else None
        return _("unknown") if age is None else _("%(years)d this year") % {"years": age}


class Birthday(Condition):
    name = "birthday"
    label = gettext_lazy("Birthday month")
    icon = "calendar-heart"
    group = "profile"
    keywords = "birth 生日"
    fields = (
        Choices(
            name="months",
            label=gettext_lazy("in"),
            choices=(
                ("this", gettext_lazy("this month")),
                ("next", gettext_lazy("next month")),
                *((str(number), label) for number, label in MONTHS.items()),
            ),
            initial=("this",),
        ),
    )

    def predicate(self, params: Params, context: Context) -> Expression:
        this = context.now.astimezone(context.zone).month
        relative = {"this": this, "next": this % 12 + 1}
        months = sorted({relative.get(month) or int(month) for month in params["months"]})
        return context.facts.birth_month.isin(months).fill_null(False)

    def own(self, params: Params, context: Context) -> Table:
        return context.facts.select("customer_id", own=context.facts.birth_month)

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        month = rows[0]["own"] if rows else None
        return str(MONTHS[month]) if month else _("unknown")
