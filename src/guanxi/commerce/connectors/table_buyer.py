"""The buyer in a mapped row."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from guanxi.commerce.connectors.addresses import country_code
from guanxi.commerce.connectors.base import ShopContext
from guanxi.commerce.connectors.cells import (
    BadCell,
    email_identifier,
    identifiers,
    moment,
    named_identifier,
    phone_identifier,
    plain_text,
    yes,
)
from guanxi.commerce.connectors.table_mapping import TableMapping
from guanxi.customers.types import Channel, IdentifierKind, IncomingConsent, IncomingProfile, Purpose

FIELDS = (
    "customer_id", "account", "email", "phone", "name", "gender", "birth_date", "country", "region", "city", "address",
    "postcode", "tags", "accepts_email", "accepts_sms",
)  # fmt: skip
ACCOUNTS = {
    kind.value: kind
    for kind in (
        IdentifierKind.WECHAT_UNIONID, IdentifierKind.WECHAT_OPENID, IdentifierKind.QQ, IdentifierKind.WEIBO,
        IdentifierKind.TAOBAO_OUID, IdentifierKind.TAOBAO_OMID, IdentifierKind.TAOBAO_OAID, IdentifierKind.CARD,
    )
}  # fmt: skip
"""Fields of few tables, read where the mapping has them."""
GENDERS = {"female": "female", "f": "female", "woman": "female", "女": "female", "女性": "female"}
GENDERS |= {"male": "male", "m": "male", "man": "male", "男": "male", "男性": "male"}


def buyer(
    cells: Sequence[str],
    *,
    accounts: Mapping[str, str],
    seen_at: datetime,
    mapping: TableMapping,
    shop: ShopContext,
) -> IncomingProfile | None:
    """None when the row says nothing of a person. ``accounts`` are cells by names of `ACCOUNTS`.

    An unreadable birthday is left out, not a reason to reject."""
    (
        customer_id, account, email, phone, name, gender, born, country, region, city, address, postcode, tags,
        by_email, by_sms,
    ) = cells  # fmt: skip
    found = identifiers(
        named_identifier(IdentifierKind.EXTERNAL_ID, customer_id) if customer_id else None,
        named_identifier(IdentifierKind.PLATFORM_ACCOUNT, account) if account else None,
        email_identifier(email) if email else None,
        phone_identifier(phone) if phone else None,
        *[named_identifier(ACCOUNTS[name], cell) for name, cell in accounts.items()],
    )
    name = plain_text(name)
    if not found and not name:
        return None
    return IncomingProfile(
        identifiers=found,
        name=name,
        gender=GENDERS.get(gender.strip().lower(), ""),
        birth_date=_birth_date(born, mapping.date_order, shop) if born.strip() else None,
        country=country_code(country) or shop.country,
        region=plain_text(region),
        city=plain_text(city),
        address=plain_text(address),
        postcode=plain_text(postcode),
        tags=tuple([tag.strip() for tag in tags.replace("，", ",").split(",") if tag.strip()]) if tags else (),
        consents=tuple(_consents(by_email, by_sms, at=seen_at)) if by_email or by_sms else (),
        seen_at=seen_at,
    )


def _birth_date(text: str, order: str, shop: ShopContext) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        pass
    try:
        when = moment(text, shop.time_zone, order)
    except BadCell:
        return None
    return when.astimezone(shop.time_zone).date() if when else None


def _consents(by_email: str, by_sms: str, *, at: datetime) -> Iterator[IncomingConsent]:
    for channel, said in ((Channel.EMAIL, by_email), (Channel.SMS, by_sms)):
        granted = yes(said)
        if granted is not None:
            yield IncomingConsent(channel, Purpose.MARKETING, granted, at)
