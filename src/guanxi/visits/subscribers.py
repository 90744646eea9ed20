from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from guanxi.core.events import StoredEvent, reader
from guanxi.customers.following import follow
from guanxi.visits import keeping

follow("visits_visitor", label=_("Website visitors"))


@reader("visits.erased", kinds=["customer.erased"])
def forget_erased(events: Sequence[StoredEvent], now: datetime) -> None:
    """What an erased customer looked at is as personal as their name."""
    keeping.forget_customers([one.customer_id for one in events if one.customer_id is not None])
