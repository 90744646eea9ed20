"""Messages the customer was sent, opened, or clicked in."""

from typing import ClassVar

from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Context, Expression, Measured, Params, Table
from guanxi.segments.conditions.contact import CHANNELS
from guanxi.segments.conditions.fields import Choice
from guanxi.segments.conditions.orders import TIMES, WITHIN

CHANNEL = Choice(
    name="channel",
    label=gettext_lazy("by"),
    choices=(("any", gettext_lazy("any channel")), *CHANNELS),
    initial="any",
)


class MessageCondition(Measured):
    """Counts messages by one of their times."""

    group = "messages"
    fields = (CHANNEL, TIMES, WITHIN)
    moment: ClassVar[str]
    total: ClassVar[str]
    """Column of the facts with the number over all channels and all time."""

    def fact(self, params: Params, context: Context) -> Expression | None:
        return context.facts[self.total] if params["channel"] == "any" and not params["within"] else None

    def rows(self, params: Params, context: Context) -> Table:
        messages = context.tables["messages"]
        moment = messages[self.moment]
        rows = messages.filter(moment.notnull(), *context.during(moment, params["within"]))
        return rows if params["channel"] == "any" else rows.filter(rows.channel == params["channel"])


class MessageSent(MessageCondition):
    name = "message_sent"
    label = gettext_lazy("Was sent messages")
    icon = "send"
    moment = "sent_at"
    total = "messages_sent"
    keywords = "mail campaign 发送 發送"


class MessageOpened(MessageCondition):
    name = "message_opened"
    label = gettext_lazy("Opened messages")
    icon = "mail-opened"
    moment = "opened_at"
    total = "messages_opened"
    keywords = "read mail 打开 打開"


class MessageClicked(MessageCondition):
    name = "message_clicked"
    label = gettext_lazy("Clicked in messages")
    icon = "click"
    moment = "clicked_at"
    total = "messages_clicked"
    keywords = "link mail 点击 點擊"
