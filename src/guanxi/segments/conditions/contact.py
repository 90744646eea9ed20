"""How the customer may and can be reached."""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.customers.types import Channel, Purpose
from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table
from guanxi.segments.conditions.fields import Choice, Choices, Text
from guanxi.segments.conditions.names import Names

CHANNELS: Sequence[tuple[str, Text]] = (
    (Channel.EMAIL.value, gettext_lazy("e-mail")),
    (Channel.SMS.value, gettext_lazy("text message")),
)
PURPOSES: Sequence[tuple[str, Text]] = (
    (Purpose.MARKETING.value, gettext_lazy("marketing")),
    (Purpose.SERVICE.value, gettext_lazy("service")),
)
ANSWERS: Sequence[tuple[str, Text]] = (
    ("yes", gettext_lazy("said yes")),
    ("no", gettext_lazy("said no")),
    ("unknown", gettext_lazy("never asked")),
)


class Consent(Condition):
    """The newest word of the customer about a channel and purpose."""

    name = "consent"
    label = gettext_lazy("Consent")
    icon = "checks"
    group = "contact"
    keywords = "permission subscribed opt-in unsubscribe 同意 订阅 訂閱"
    fields = (
        Choice(name="channel", label=gettext_lazy("by"), choices=CHANNELS, initial="email"),
        Choice(name="purpose", label=gettext_lazy("for"), choices=PURPOSES, initial="marketing"),
        Choices(name="answers", label=gettext_lazy("answer"), choices=ANSWERS, initial=("yes",)),
    )

    def predicate(self, params: Params, context: Context) -> Expression:
        answers = params["answers"]
        column = f"consent_{params['channel']}_{params['purpose']}"
        if column in context.facts.columns:
            return context.facts[column].fill_null("unknown").isin(answers)
        newest = self.own(params, context)
        told = context.among(newest.filter(newest.own.isin(answers)))
        return told | ~context.among(newest) if "unknown" in answers else told

    def own(self, params: Params, context: Context) -> Table:
        import ibis

        entries = context.tables["consents"]
        entries = entries.filter(entries.channel == params["channel"], entries.purpose == params["purpose"])
        rank = ibis.row_number().over(
            ibis.window(group_by=entries.customer_id, order_by=[entries["at"].desc(), entries.consent_id.desc()])
        )
        ranked = entries.mutate(own=ibis.ifelse(entries.granted, "yes", "no"), rank=rank)
        return ranked.filter(ranked["rank"] == 0).select("customer_id", "own")

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        return str(dict(ANSWERS)[rows[0]["own"] if rows else "unknown"])


class HasAddress(Condition):
    """The customer has an address of some kind; which one only the customers room knows."""

    group = "contact"
    fields = ()
    column: ClassVar[str]

    def predicate(self, params: Params, context: Context) -> Expression:
        return context.facts[self.column].fill_null(False)

    def own(self, params: Params, context: Context) -> Table:
        return context.facts.select("customer_id", own=context.facts[self.column])

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        return _("yes") if rows and rows[0]["own"] else _("no")


class HasEmail(HasAddress):
    name = "has_email"
    label = gettext_lazy("Has an e-mail address")
    icon = "mail"
    column = "has_email"
    keywords = "邮箱 郵箱"


class HasPhone(HasAddress):
    name = "has_phone"
    label = gettext_lazy("Has a phone number")
    icon = "phone"
    column = "has_phone"
    keywords = "mobile 手机 手機 电话 電話"
