"""What the customers room takes and gives: plain values that other rooms may hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class IdentifierKind(StrEnum):
    """What can tie a record to a person. Values are normalised by kind before they are compared.

    What each is worth, where its value means something and how long: `identifier_kinds.TRAITS`.
    """

    PHONE = "phone"
    EMAIL = "email"
    PLATFORM_ACCOUNT = "platform_account"
    """The buyer's account name on a sales platform, a Wangwang or Taobao nick among them."""
    EXTERNAL_ID = "external_id"
    """The customer number of another system."""
    WECHAT_UNIONID = "wechat_unionid"
    """One WeChat user to all the merchant's accounts and mini programs under one Open Platform account."""
    WECHAT_OPENID = "wechat_openid"
    """One WeChat user to one official account or mini program."""
    QQ = "qq"
    WEIBO = "weibo"
    TAOBAO_OUID = "taobao_ouid"
    """A Taobao buyer to one shop, where the nick is hidden."""
    TAOBAO_OMID = "taobao_omid"
    """A Taobao buyer across the shops of one member programme."""
    TAOBAO_OAID = "taobao_oaid"
    """A recipient, as Taobao hides them: another value in each shop, and another after about a week."""
    CARD = "card"
    """The number of a member card."""
    COOKIE = "cookie"
    """A browser."""
    DEVICE = "device"
    """A telephone or tablet, by its advertising id or what an app calls it."""


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


class Purpose(StrEnum):
    MARKETING = "marketing"
    SERVICE = "service"
    """Order confirmations and the like, which need no consent."""


class MergeKind(StrEnum):
    """How two customers came to be merged."""

    RULE = "rule"
    """One source showed their identifiers to be one person's, and nothing speaks against it; see merging/rules.py."""
    SUGGESTED = "suggested"
    """A suggestion that a person accepted."""
    HAND = "hand"
    API = "api"


class IncomingIdentifier(NamedTuple):
    kind: IdentifierKind
    value: str
    within: str = ""
    """The app, programme or site in which the value means something, for kinds that have one."""
    verified: bool = False
    """The source has checked that it is theirs: a code sent to the phone, a sign-in with WeChat."""


@dataclass(frozen=True, slots=True)
class IncomingConsent:
    channel: Channel
    purpose: Purpose
    granted: bool
    at: datetime
    """When the person said so, aware UTC."""


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class IncomingProfile:
    """A person as one source saw them once. Empty text means "the source did not say".

    Nobody changes one once it is made. It is not frozen, because imports make one for each order.
    """

    identifiers: Sequence[IncomingIdentifier] = ()
    name: str = ""
    gender: str = ""
    """``female``, ``male`` or empty."""
    birth_date: date | None = None
    country: str = ""
    """ISO 3166 alpha-2 where it is known, else the source's own words."""
    region: str = ""
    """Province or state, in the source's words."""
    city: str = ""
    address: str = ""
    """Street and number, kept as given."""
    postcode: str = ""
    language: str = ""
    """BCP 47, for example ``zh-Hans``."""
    tags: Sequence[str] = ()
    consents: Sequence[IncomingConsent] = ()
    seen_at: datetime | None = None
    """When the source last saw this person, aware UTC; newer wins for contested fields."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who one incoming profile is."""

    customer_id: int | None
    """None when the profile carries nothing that can tell a person: a guest."""
    created: bool
    reason: str
    """Why this customer: ``created``, ``guest``, ``known`` (the order was theirs before), or the kind of the identifier
    that matched; ``platform_account>phone`` when the phone pointed at someone else and the account went before it.
    `queries.explain` says it in words."""
    others: tuple[int, ...] = ()
    """Customers that other identifiers of the profile point at. Nobody is merged."""
    origin_id: int | None = None
    """Where the customer is several merged: the one of them whom the identifier is of. Rows that stand for the profile
    keep it as their ``origin_customer_id``."""


@dataclass(frozen=True, slots=True)
class ResolveResult:
    resolutions: list[Resolution] = field(default_factory=list)
    """One for each profile given, in the same order."""

    @property
    def created(self) -> int:
        """Distinct customers made."""
        return len({r.customer_id for r in self.resolutions if r.created})

    @property
    def matched(self) -> int:
        """Distinct customers that were there before."""
        made = {r.customer_id for r in self.resolutions if r.created}
        return len({r.customer_id for r in self.resolutions if r.customer_id is not None} - made)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCard:
    """A customer as lists and pages show them. Personal fields are masked; a company's name is none."""

    id: int
    name: str
    phone: str
    email: str
    address: str
    gender: str
    birth_year: int | None
    birth_month: int | None
    country: str
    region: str
    city: str
    division: str
    """Code of the smallest division of China that the address surely lies in; see `division_name`."""
    language: str
    source: str
    first_shop_id: int | None
    party: str
    """A member of `parties.kinds.Party`."""
    roles: Sequence[str]
    """Members of `parties.kinds.Role`; none means consumer."""
    has_email: bool
    has_phone: bool
    tags: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    owner_id: int | None
    """Who of the staff looks after them."""
    merged_into: int | None
    """Who this one turned out to be."""
    erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPoint:
    """Personal, in full: only for handing a message over to its channel."""

    address: str
    name: str
    given_name: str
    family_name: str
    language: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierCard:
    id: int
    kind: str
    shop_id: int
    """0 for kinds that mean the same everywhere."""
    within: str
    """The app or programme in which it means something."""
    masked: str
    source: str
    first_seen_at: datetime
    last_seen_at: datetime
    """To the day."""
    valid_until: datetime | None
    """When it ends to say who somebody is, for kinds that pass."""
    verified_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCard:
    """An identifier that was set aside."""

    id: int
    kind: str
    shop_id: int
    masked: str
    people_seen: int
    customer_ids: tuple[int, ...]
    set_aside_at: datetime
    restored_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentCard:
    channel: str
    purpose: str
    granted: bool
    source: str
    at: datetime
    recorded_at: datetime
    detail: str
    holds: bool
    """The newest of its channel and purpose."""


@dataclass(frozen=True, slots=True)
class TagCard:
    id: int
    name: str
    colour: str
