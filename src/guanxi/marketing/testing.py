"""Invented campaigns and their customers, for tests of this room and of those above it."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from guanxi.customers import services as customers
from guanxi.customers.types import (
    Channel,
    IdentifierKind,
    IncomingConsent,
    IncomingIdentifier,
    IncomingProfile,
    Purpose,
)
from guanxi.marketing import services
from guanxi.marketing.plans import CampaignPlan, VariantPlan
from guanxi.marketing.types import CampaignView, VariantView
from guanxi.messaging.testing import make_version
from guanxi.segments import services as segments

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
LAUNCH = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
_numbers = count(1)


def people(number: int, *, consent: bool | None = True, address: bool = True, now: datetime = NOW) -> list[int]:
    """Ids of new customers who said yes, no or (None) nothing to marketing e-mail, with an address or only a phone."""
    profiles = []
    for _ in range(number):
        mark = next(_numbers)
        identifier = (
            IncomingIdentifier(IdentifierKind.EMAIL, f"buyer{mark}@mail.example")
            if address
            else IncomingIdentifier(IdentifierKind.PHONE, f"1390000{mark:04d}")
        )
        said = [] if consent is None else [IncomingConsent(Channel.EMAIL, Purpose.MARKETING, consent, now)]
        profiles.append(IncomingProfile(identifiers=[identifier], name=f"Buyer {mark}", consents=said, seen_at=now))
    result = customers.resolve(profiles, shop_id=0, source="list", country="CN", now=now)
    return sorted(one.customer_id for one in result.resolutions if one.customer_id is not None)


def a_list(customer_ids: list[int], *, now: datetime = NOW) -> int:
    """Id of a fixed segment of these customers."""
    return segments.create_list(name=f"List {next(_numbers)}", customer_ids=customer_ids, now=now).segment_id


def a_template_version(*, purpose: str = "marketing", now: datetime = NOW) -> int:
    """Id of the version of a new e-mail template."""
    return make_version(name=f"Template {next(_numbers)}", purpose=purpose, now=now).pk


def a_plan(segment_id: int, **changes: Any) -> CampaignPlan:
    """Two equal variants, a tenth held out, a fixed cost of 100.00 and 45.00 for a thousand messages."""
    if "variants" not in changes:
        changes["variants"] = [
            VariantPlan(name=name, share=5000, template_version_id=a_template_version()) for name in ("A", "B")
        ]
    values = {"name": "Mother's Day", "currency": "CNY", "fixed_cost": 10_000, "cost_per_thousand": 4_500}
    return CampaignPlan(segment_id=segment_id, **{**values, **changes})


def a_campaign(customer_ids: list[int], *, now: datetime = NOW, **changes: Any) -> int:
    """Id of a draft for these customers."""
    return services.create_campaign(a_plan(a_list(customer_ids, now=now), **changes), user=None, now=now)


def a_view(**changes: Any) -> CampaignView:
    """A launched campaign that is in no database: id 7, variants 71 and 72, a fifth held out, launched at LAUNCH."""
    values: dict[str, Any] = {
        "id": 7,
        "name": "Mother's Day",
        "segment_id": 1,
        "channel": "email",
        "purpose": "marketing",
        "status": "done",
        "problem": "",
        "control_share": 2000,
        "window_days": 14,
        "tracking": True,
        "variants": (
            VariantView(id=71, number=1, name="A", share=5000, template_version_id=1),
            VariantView(id=72, number=2, name="B", share=5000, template_version_id=2),
        ),
        "fixed_cost": 10_000,
        "cost_per_thousand": 4_500,
        "currency": "CNY",
        "spent": 10_000,
        "scheduled_at": None,
        "reviewed_audience": None,
        "launched_at": LAUNCH,
        "audience": 100,
        "queued_at": LAUNCH,
        "finished_at": LAUNCH,
        "created_at": LAUNCH,
    }
    return CampaignView(**{**values, **changes})
