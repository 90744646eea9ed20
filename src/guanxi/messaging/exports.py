"""What the warehouse copies of messages, and the facts it derives."""

from typing import Any

from guanxi.warehouse.specs import FactSpec, Tables, TableSpec, export

MESSAGES = """
SELECT id AS message_id, customer_id, channel, purpose, source_kind, source_id, variant_id, state, sent_at, opened_at,
       clicked_at, bounced_at, unsubscribed_at, changed_xact
FROM messaging_message
"""


def message_facts(tables: Tables) -> Any:
    """Messages a customer got, opened and clicked, and when the last one went."""
    messages = tables["messages"]
    sent = messages.filter(messages.sent_at.notnull())
    return sent.group_by("customer_id").aggregate(
        messages_sent=sent.count().cast("int64"),
        messages_opened=sent.opened_at.count().cast("int64"),
        messages_clicked=sent.clicked_at.count().cast("int64"),
        last_message_at=sent.sent_at.max(),
    )


export(
    TableSpec(name="messages", select=MESSAGES, key="message_id", customer_key="customer_id"),
    FactSpec(
        name="messages",
        tables=("messages",),
        build=message_facts,
        defaults={"messages_sent": 0, "messages_opened": 0, "messages_clicked": 0, "last_message_at": None},
    ),
)
