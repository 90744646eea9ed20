"""Whom messages go to, as the customers room tells it."""

from collections.abc import Sequence

from guanxi.customers import queries as customers
from guanxi.customers.fields import queries as fields
from guanxi.customers.types import Channel
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.types import ContactCard


def cards(customer_ids: Sequence[int], channel: str) -> dict[int, ContactCard]:
    """A card for each customer who has a usable address on the channel; others are left out."""
    normalise = CHANNELS.get(channel).normalise
    found: dict[int, ContactCard] = {}
    points = customers.contact_points(customer_ids, channel=Channel(channel))
    said = fields.values(points)
    for number, point in points.items():
        address = normalise(point.address)
        if address:
            found[number] = ContactCard(
                customer_id=number,
                address=address,
                first_name=point.given_name,
                last_name=point.family_name,
                name=point.name,
                language=point.language,
                region=point.region,
                fields={key: one.plain for key, one in said.get(number, {}).items() if not one.personal},
            )
    return found
