"""What goes in and out of the endpoints of coupons. Money in the smallest unit of the currency."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime

from guanxi.core.api.paging import Paging
from guanxi.loyalty.coupons.types import MOST_CODES, MOST_LINES

Number = Annotated[int, Field(gt=0, lt=2**63)]
Text = r"^[^\x00]*$"
Minor = Annotated[int, Field(ge=0, le=10**12, description="in the smallest unit of the currency")]
Code = Annotated[str, Field(max_length=60, pattern=Text)]


class LineIn(Schema):
    key: Annotated[str, Field(max_length=60, pattern=Text)]
    product: Annotated[str, Field(max_length=100, pattern=Text)] = ""
    category: Annotated[str, Field(max_length=80, pattern=Text)] = ""
    quantity: int = Field(1, ge=1, le=100_000, description="whole pieces")
    total: Minor


class BasketIn(Schema):
    """What is about to be bought. Without `customer_id` the holder of a personal code is taken to be the buyer."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    lines: list[LineIn] = Field(min_length=1, max_length=MOST_LINES)
    shipping: Minor = 0
    shop_id: Number | None = None
    customer_id: Number | None = None
    codes: list[Code] = Field([], max_length=MOST_CODES)
    held: bool = Field(False, description="weigh the coupons that the customer holds, too")


class RedeemIn(BasketIn):
    order_number: Annotated[str, Field(min_length=1, max_length=100, pattern=Text)] = Field(
        description="as the shop writes it; one redemption for each order of a shop, unless `key` says else"
    )
    key: Annotated[str, Field(max_length=100, pattern=Text)] = Field(
        "", description="the same key again gives the same answer and uses nothing up, however much later"
    )
    expect: Minor | None = Field(
        None, description="what the customer was told comes off; when that has changed, nothing is written"
    )


class GiftOut(Schema):
    title: str
    product: str
    quantity: int


class LineOut(Schema):
    key: str
    discount: int


class UsedOut(Schema):
    coupon_id: int
    name: str
    code: str
    discount: int
    shipping_discount: int
    lines: list[LineOut]
    gifts: list[GiftOut]
    cash_back: int = Field(description="comes back as points")


class NotUsedOut(Schema):
    code: str
    name: str
    reason: str
    message: str


class VerdictOut(Schema):
    """The combination that saves the most, and why each of the others is not in it."""

    discount: int
    shipping_discount: int
    to_pay: int
    lines: list[LineOut]
    gifts: list[GiftOut]
    cash_back: int = Field(description="not off the basket: it comes back as points")
    used: list[UsedOut]
    not_used: list[NotUsedOut]


class RedemptionOut(Schema):
    id: int
    coupon_id: int
    coupon_name: str
    customer_id: int | None
    shop_id: int | None
    order_number: str
    currency: str
    discount: int
    shipping_discount: int
    lines: list[LineOut]
    gifts: list[GiftOut]
    cash_back: int = Field(description="what came back as points; negative when it was taken back")
    points: int
    at: datetime
    reverses_id: int | None = Field(None, description="the use that this entry gives back; its money is negative")
    returned: bool


class ReceiptOut(Schema):
    replayed: bool = Field(description="this order or key had been redeemed before; nothing new was written")
    redemptions: list[RedemptionOut]
    not_used: list[NotUsedOut]


class CouponOut(Schema):
    id: int
    name: str
    kind: str
    params: dict[str, Any]
    conditions: dict[str, Any]
    currency: str
    state: str
    code_style: str
    holders_only: bool
    exclusive: bool
    stack_group: str
    limit_total: int | None
    limit_per_customer: int | None
    valid_from: datetime | None
    valid_until: datetime | None
    valid_days: int | None
    give_back: str
    issued: int
    codes: int
    uses: int
    created_at: datetime


class CouponIn(Schema):
    """A draft. Money in `params` and `conditions` is in minor units, shares in hundredths of a percent."""

    name: Annotated[str, Field(min_length=1, max_length=120, pattern=Text)]
    kind: Annotated[str, Field(max_length=40, pattern=Text)]
    params: dict[str, Any] = {}
    conditions: dict[str, Any] = {}
    currency: str = Field("", pattern=r"^([A-Z]{3})?$", description="the merchant's when empty")
    code_style: Literal["shared", "unique"] = "shared"
    shared_code: Annotated[str, Field(max_length=60, pattern=Text)] = ""
    prefix: Annotated[str, Field(max_length=20, pattern=Text)] = ""
    holders_only: bool = False
    exclusive: bool = False
    stack_group: Annotated[str, Field(max_length=40, pattern=Text)] = ""
    limit_total: Annotated[int, Field(ge=1, le=10**12)] | None = None
    limit_per_customer: Annotated[int, Field(ge=1, le=10_000)] | None = None
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    valid_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    give_back: Literal["full", "any", "never"] = "full"


class StateIn(Schema):
    state: Literal["active", "paused", "archived"]


class Created(Schema):
    id: int


class CodesIn(Schema):
    count: int = Field(ge=1, le=5_000_000)


class Started(Schema):
    job_id: int


class CodeOut(Schema):
    id: int
    code: str
    customer_id: int | None
    issued_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    voided_at: datetime | None


class CodeIn(Schema):
    code: Code


class Voided(Schema):
    changed: bool = Field(description="false when it was void before")


class IssueIn(Schema):
    customer_ids: list[Number] = Field(min_length=1, max_length=1000)


class IssuedOut(Schema):
    given: int
    had_it: int
    gone: int


class HeldOut(Schema):
    id: int
    coupon_id: int
    name: str
    headline: str
    code: str
    state: str
    issued_at: datetime
    expires_at: datetime | None


class ReturnIn(Schema):
    reason: Annotated[str, Field(max_length=200, pattern=Text)] = ""


class Returned(Schema):
    changed: bool = Field(description="false when it was given back before")


class GroupOut(Schema):
    name: Literal["used", "given", "without"]
    customers: int
    buyers: int
    orders: int
    revenue: int
    revenue_per_customer: int | None


class ResultsOut(Schema):
    """Groups chose themselves: their numbers stand side by side and do not show what the coupon brought."""

    issued: int
    codes: int
    void: int
    uses: int
    returned: int
    discount: int
    issued_and_used: int
    begin: datetime
    end: datetime
    groups: list[GroupOut]
    order_revenue: int
    orders_found: int
    refreshed_at: datetime | None


class LedgerFilter(Paging):
    coupon_id: Number | None = None
    customer_id: Number | None = None
    shop_id: Number | None = None
    order_number: Annotated[str, Field(max_length=100, pattern=Text)] = ""
