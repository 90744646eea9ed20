"""What the Chinese marketplaces' exports have in common."""

from datetime import datetime

from guanxi.commerce.connectors.addresses import Address
from guanxi.commerce.connectors.cells import identifiers, phone_identifier, plain_text
from guanxi.commerce.types import OrderStatus
from guanxi.customers.types import IncomingProfile

REFUNDED_WORDS = ("退款成功", "已退款", "已全额退款", "退款完成", "同意退款,退款成功")


def money_went_back(*states: str) -> bool:
    """Whether an order state or after-sale state says that the buyer has the money again."""
    return any(word in state for state in states for word in REFUNDED_WORDS)


def receiver(name: str, phone: str, address: Address, *, country: str, seen_at: datetime) -> IncomingProfile | None:
    """The person at the delivery address, as far as the platform does not hide them; None when it hides all."""
    name = plain_text(name)
    found = identifiers(phone_identifier(phone))
    if not found and not name:
        return None
    return IncomingProfile(
        identifiers=found,
        name=name,
        country=country,
        region=address.region,
        city=address.city,
        address=address.street,
        postcode=address.postcode,
        seen_at=seen_at,
    )


def after_refund(*, sent: bool) -> OrderStatus:
    """The state of an order whose money has all gone back."""
    return OrderStatus.REFUNDED if sent else OrderStatus.CANCELLED
