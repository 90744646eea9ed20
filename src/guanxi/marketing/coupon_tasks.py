"""Giving coupons in the worker."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guanxi.core import jobs
from guanxi.core.jobs import JobFailed, Run
from guanxi.loyalty.coupons.services import WrongState
from guanxi.marketing import coupon_giving
from guanxi.segments.errors import DefinitionError
from guanxi.segments.queries import NoSnapshot, UnknownSegment

WORDS = {"given": _("Customers given it"), "had_it": _("Had it already"), "gone": _("No longer customers")}


def coupon_page(*, coupon_id: int, segment_id: int, batch_id: int) -> str:
    return reverse("coupons:coupon", args=[coupon_id])


@jobs.job("coupons.give", label=_("Give a coupon to a segment"), words=WORDS, page=coupon_page)
def give_coupon(run: Run, *, coupon_id: int, segment_id: int, batch_id: int) -> dict[str, object]:
    """Give a coupon to everyone in a segment who has none of it."""
    try:
        found = coupon_giving.give(
            coupon_id,
            segment_id,
            batch_id=batch_id,
            now=timezone.now(),
            report=lambda done, total: run.progress(done, total=total),
        )
    except (WrongState, UnknownSegment, NoSnapshot, DefinitionError) as problem:
        raise JobFailed(str(problem)) from None
    return {"given": found.given, "had_it": found.had_it, "gone": found.gone}
