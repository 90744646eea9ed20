"""Points for a review that a shop or till reports: each once, one for each line of an order, no more than the cap."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from guanxi.core import merged
from guanxi.customers.following import hold_still
from guanxi.loyalty.models import PointsProgramme, PointsReview
from guanxi.loyalty.points.allocation import lock
from guanxi.loyalty.points.earning import holds
from guanxi.loyalty.points.giving import give
from guanxi.loyalty.points.programmes import of_shop
from guanxi.loyalty.points.types import BadPoints, LotKind, Points, ReferenceTaken, RuleKind

CAPPED = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What a review brought."""

    points: Points
    why: str
    """Why it is not more, for people; empty when it brought all that the rule says."""


def review(
    *, customer_id: int, shop_id: int, external_id: str, product: str, order_number: str = "", now: datetime
) -> Reviewed:
    """Give a customer the points for a review. The same ``external_id`` of a shop again changes nothing.

    ``product`` is the shop's own code of what was reviewed. Raises NoProgramme, BadPoints, and ReferenceTaken when the
    number was used for the review of another customer or product.
    """
    programme = of_shop(shop_id)
    product, order_number = product.strip(), order_number.strip()
    if not external_id.strip() or not product:
        raise BadPoints(_("Say which review it is, and of which product."))
    with transaction.atomic():
        hold_still()
        customer_id = merged.now([customer_id]).get(customer_id, customer_id)
        lock([(programme.pk, customer_id)], now=now)
        found = PointsReview.objects.filter(shop_id=shop_id, external_id=external_id).first()
        if found:
            if (found.customer_id, found.product, found.order_number) != (customer_id, product, order_number):
                raise ReferenceTaken(_("This number was used for another review."))
            return Reviewed(points=found.points, why="")
        line = Q(shop_id=shop_id, order_number=order_number, product=product, customer_id=customer_id)
        if PointsReview.objects.filter(line).exists():
            return Reviewed(points=0, why=_("There are points for a review of this already."))
        points, why = _due(programme, customer_id, now)
        row, made = PointsReview.objects.get_or_create(
            shop_id=shop_id,
            external_id=external_id,
            defaults={
                "programme": programme,
                "customer_id": customer_id,
                "order_number": order_number,
                "product": product,
                "points": points,
                "written_at": now,
            },
        )
        if not made:
            raise ReferenceTaken(_("This number was used for another review."))
        if points:
            give(
                programme,
                customer_id=customer_id,
                points=points,
                kind=LotKind.REVIEW,
                key=f"review:{row.pk}",
                detail={"product": product},
                now=now,
            )
    return Reviewed(points=points, why=why)


def _due(programme: PointsProgramme, customer_id: int, now: datetime) -> tuple[Points, str]:
    """Under the customer's lock."""
    rules = [rule for rule in programme.rules.filter(kind=RuleKind.REVIEW) if holds(rule, now)]
    points = sum(rule.points for rule in rules)
    if not points:
        return 0, _("Reviews bring no points now.")
    caps = [rule.cap for rule in rules if rule.cap is not None]
    if not caps:
        return points, ""
    rows = PointsReview.objects.filter(programme=programme, customer_id=customer_id, written_at__gt=now - CAPPED)
    left = max(0, sum(caps) - (rows.aggregate(total=Sum("points"))["total"] or 0))
    if left >= points:
        return points, ""
    return left, _("A customer gets at most %(cap)d points for reviews within 30 days.") % {"cap": sum(caps)}
