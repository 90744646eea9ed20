"""Anything that happened to the customer, from the event log."""

from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Context, Measured, Params, Table
from guanxi.segments.conditions.fields import Choice
from guanxi.segments.conditions.orders import TIMES, WITHIN
from guanxi.segments.event_kinds import EVENT_KINDS


class Event(Measured):
    name = "event"
    label = gettext_lazy("Event")
    icon = "bolt"
    group = "other"
    keywords = "happened log 事件"
    fields = (
        Choice(name="kind", label=gettext_lazy("what"), choices=tuple(EVENT_KINDS.items()), initial="order.paid"),
        TIMES,
        WITHIN,
    )

    def rows(self, params: Params, context: Context) -> Table:
        import ibis

        events = context.tables["events"]
        happened = events.filter(events.kind == params["kind"], *context.during(events.occurred_at, params["within"]))
        people = context.tables["customers"]
        merged = people.filter(people.merged_into.notnull()).select(gone="customer_id", into="merged_into")
        joined = happened.left_join(merged, happened.customer_id == merged.gone)
        return joined.mutate(customer_id=ibis.coalesce(joined.into, joined.customer_id)).drop("gone", "into")
