"""Whom messages go to, as the customers room tells it."""

from collections.abc import Sequence

from guanxi.customers import queries as customers
from guanxi.customers.types import Channel
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.types import ContactCard


def cards(customer_ids: Sequence[int], channel: str) -> dict[int, ContactCard]:
    """A card for each customer who has a usable address on the channel; others are left out."""
    normalise = CHANNELS.get(channel).normalise
    found: dict[int, ContactCard] = {}
    for number, point in customers.contact_points(customer_ids, channel=Channel(channel)).items():
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
            )
    return found
