"""What the segments room puts into the warehouse: the members of fixed lists, and the events conditions ask about."""

from guanxi.segments.event_kinds import EVENT_KINDS
from guanxi.warehouse.specs import TableSpec, export

export(
    TableSpec(
        name="segment_members",
        select=(
            "SELECT m.id AS membership_id, m.segment_id, m.customer_id, m.entered_at, m.left_at, m.changed_xact"
            " FROM segments_membership m JOIN segments_segment s ON s.id = m.segment_id WHERE s.kind = 'static'"
        ),
        key="membership_id",
    ),
    TableSpec(
        name="events",
        select=(
            "SELECT id AS event_id, xact, kind, customer_id, subject_id, occurred_at, xact AS changed_xact"
            f" FROM core_event WHERE kind IN ({', '.join(repr(kind) for kind in EVENT_KINDS)})"
        ),
        key="event_id",
    ),
)
