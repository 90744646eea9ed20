"""What the demo merchant has planned: tags, segments, templates, and a campaign that is over and worked."""

from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from numpy.random import Generator

from guanxi.commerce import queries as shops
from guanxi.commerce import services as commerce
from guanxi.commerce.types import IncomingLine, IncomingOrder, IncomingPayment, OrderStatus
from guanxi.core import preferences
from guanxi.customers import queries as customers
from guanxi.customers import services as customer_services
from guanxi.customers.types import Channel, IdentifierKind, IncomingIdentifier, IncomingProfile
from guanxi.marketing import launching
from guanxi.marketing import queries as campaigns
from guanxi.marketing import services as marketing
from guanxi.marketing.services import CampaignPlan, VariantPlan
from guanxi.messaging import authoring, reactions
from guanxi.messaging.reactions import Click
from guanxi.messaging.sender.running import send_due
from guanxi.messaging.templating.starters import STARTERS as TEMPLATES
from guanxi.segments import queries as segment_queries
from guanxi.segments import services as segments
from guanxi.segments.definition import parse
from guanxi.segments.starters import STARTERS as SEGMENTS
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse import services as warehouse_services
from guanxi.workspace.demo.catalogue import SHOPS, items

AGO = timedelta(days=48)
WINDOW_DAYS = 14
EXTRA_BUYERS = (0.15, 0.06)
"""How many more of each variant's customers buy because of the campaign."""
BEDDING = [item for item in items() if item.sku.startswith("BED")]
COST_PER_CUSTOMER = 1_000
"""Fen of discounts and design for each customer of the segment."""
OPENED, CLICKED = 0.34, 0.09


def plan(*, now: datetime, seed: int, language: str) -> None:
    """Segments by the ready-made definitions, two templates, and a campaign of seven weeks ago with its result.

    Names are in ``language``, one of the interface's; messages in Chinese, as most of the customers are. Mail goes to the local outbox; where a mail server is set, the campaign stays a draft, because the demo's customers
    do not exist.
    """
    with translation.override(language):
        _plan(now=now, seed=seed, letters="zh-hant" if language == "zh-hant" else "zh-hans")


def _plan(*, now: datetime, seed: int, letters: str) -> None:
    rng = np.random.default_rng(seed + 1)
    made = {
        starter.key: segments.create_segment(
            name=str(starter.name), description=str(starter.text), definition=parse(starter.definition), now=now
        )
        for starter in SEGMENTS
    }
    for segment_id in made.values():
        segments.refresh_membership(segment_id, now=now)
    best = segment_queries.members(made["best"], now=now).tolist()
    customer_services.tag(best[: len(best) // 3], ["VIP"], now=now)
    campaign_id = _campaign(made["mothers_day"], letters=letters, now=now - AGO)
    if not settings.SMTP_URL:
        _send(campaign_id, now=now - AGO)
        _react(campaign_id, rng, now=now)
        _sell(campaign_id, rng, now=now - AGO)


def _campaign(segment_id: int, *, letters: str, now: datetime) -> int:
    """``letters`` is the language of the messages."""
    versions = [
        authoring.save(TEMPLATES[name].draft(letters), name=str(TEMPLATES[name].label), actor=None, now=now).pk
        for name in ("offer", "welcome_back")
    ]
    variants = [
        VariantPlan(name=name, share=5000, template_version_id=version)
        for name, version in zip((_("A · 15 % off"), _("B · Long time no see")), versions, strict=True)
    ]
    plan = CampaignPlan(
        name=_("Autumn refresh"),
        segment_id=segment_id,
        variants=variants,
        control_share=2000,
        window_days=WINDOW_DAYS,
        fixed_cost=COST_PER_CUSTOMER * len(segment_queries.members(segment_id, now=now)),
        cost_per_thousand=1_500,
        currency=preferences.currency(),
    )
    return marketing.create_campaign(plan, user=None, now=now)


def _send(campaign_id: int, *, now: datetime) -> None:
    """Launch and send as if it were then."""
    marketing.launch(campaign_id, user=None, now=now)
    launching.freeze(campaign_id, now=now)
    launching.queue(campaign_id, now=now)
    send_due(clock=lambda: now + timedelta(minutes=5))
    marketing.finish_if_sent(campaign_id, now=now + timedelta(minutes=6))


def _react(campaign_id: int, rng: Generator, *, now: datetime) -> None:
    """Some open, some of them click."""
    warehouse_services.refresh(now=now)
    messages = warehouse.table("messages")
    ours = messages.filter(messages.source_kind == marketing.SOURCE, messages.source_id == campaign_id)
    sent = warehouse.execute(ours.filter(ours.sent_at.notnull()).select("message_id", "sent_at").order_by("message_id"))
    opened: dict[int, datetime] = {}
    clicked: dict[int, datetime] = {}
    for row, (draw, hours) in zip(sent.to_pylist(), rng.random((sent.num_rows, 2)).tolist(), strict=True):
        if draw < OPENED:
            reacted = clicked if draw < CLICKED else opened
            reacted[row["message_id"]] = row["sent_at"] + timedelta(hours=1 + 40 * hours * hours)
    links = reactions.links_of(clicked)
    reactions.record_opens(opened, now=now)
    clicks = [Click(number, 0, links[number][0], at) for number, at in clicked.items() if links[number]]
    reactions.record_clicks(clicks, now=now)


def _sell(campaign_id: int, rng: Generator, *, now: datetime) -> None:
    """The orders that came because of the campaign."""
    members = warehouse.table("campaign_members")
    rows = members.filter(members.campaign_id == campaign_id, members.excluded == "")
    arms = warehouse.execute(rows.select("customer_id", "arm").order_by("customer_id"))
    customer_ids, arm = np.asarray(arms["customer_id"]), np.asarray(arms["arm"])
    chosen: list[int] = []
    for variant, share in zip(campaigns.campaign(campaign_id).variants, EXTRA_BUYERS, strict=True):
        ours = customer_ids[arm == variant.id]
        chosen += ours[rng.random(ours.size) < share].tolist()
    reached = customers.contact_points(chosen, channel=Channel.EMAIL)
    orders = [
        _order(number, reached[customer].address, rng, at=now + timedelta(days=0.2 + 12 * float(rng.random())))
        for number, customer in enumerate(sorted(reached))
    ]
    shop_id = next(shop.id for shop in shops.shops() if shop.name == SHOPS[0].name)
    commerce.record_orders(orders, shop_id=shop_id, source=SHOPS[0].connector, now=now + AGO)


def _order(number: int, email: str, rng: Generator, *, at: datetime) -> IncomingOrder:
    item = BEDDING[int(rng.random() * len(BEDDING))]
    total = item.price
    return IncomingOrder(
        external_id=f"9{number:017}",
        currency=SHOPS[0].currency,
        placed_at=at,
        status=OrderStatus.COMPLETED,
        total=total,
        paid_at=at,
        shipped_at=at + timedelta(days=1),
        completed_at=at + timedelta(days=4),
        paid_total=total,
        lines=[IncomingLine(title=item.title, sku=item.sku, category=item.category, unit_price=total, total=total)],
        payments=[IncomingPayment(amount=total, paid_at=at)],
        buyer=IncomingProfile(identifiers=[IncomingIdentifier(IdentifierKind.EMAIL, email)], seen_at=at),
    )
