"""Facts about messages, from the warehouse's copy."""

from datetime import UTC, datetime

from guanxi.messaging.exports import message_facts


def test_facts_count_what_was_sent_opened_and_clicked() -> None:
    import ibis

    day = [datetime(2026, 5, day, tzinfo=UTC) for day in range(1, 5)]
    messages = ibis.memtable(
        {
            "message_id": [1, 2, 3, 4],
            "customer_id": [7, 7, 7, 8],
            "sent_at": [day[0], day[1], None, day[2]],
            "opened_at": [day[1], None, None, day[3]],
            "clicked_at": [None, None, None, day[3]],
        },
        schema={
            "message_id": "int64",
            "customer_id": "int64",
            "sent_at": "timestamp('UTC')",
            "opened_at": "timestamp('UTC')",
            "clicked_at": "timestamp('UTC')",
        },
    )
    found = message_facts({"messages": messages}).order_by("customer_id").execute()
    assert found[["customer_id", "messages_sent", "messages_opened", "messages_clicked"]].values.tolist() == [
        [7, 2, 1, 0],
        [8, 1, 1, 1],
    ]
    assert [moment.date().isoformat() for moment in found["last_message_at"]] == ["2026-05-02", "2026-05-03"]
