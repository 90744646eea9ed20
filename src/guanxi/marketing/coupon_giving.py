"""Giving a coupon to the members of a segment: the two rooms side by side below this one meet here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core import jobs
from guanxi.core.models import User
from guanxi.loyalty.coupons import queries as coupons
from guanxi.loyalty.coupons import services
from guanxi.segments import queries as segments

PART = 20_000
"""Customers given it in one transaction: what a job that is cut off has to look at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    given: int = 0
    had_it: int = 0
    gone: int = 0


@transaction.atomic
def start(coupon_id: int, segment_id: int, *, user: User | None, now: datetime) -> int:
    """Let the worker give a coupon to everyone in a segment; gives the job's number.

    Raises NoCoupon, WrongState, UnknownSegment.
    """
    segment, coupon = segments.summary(segment_id), coupons.coupon(coupon_id)
    batch_id = services.open_batch(coupon_id, label=segment.name, segment_id=segment_id, user=user, now=now)
    title = _("Give “%(coupon)s” to “%(segment)s”") % {"coupon": coupon.name, "segment": segment.name}
    arguments = {"coupon_id": coupon_id, "segment_id": segment_id, "batch_id": batch_id}
    job = jobs.start("coupons.give", title=title, user=user, lock=f"coupon-give:{coupon_id}", **arguments)
    services.attach_job(batch_id, job.pk)
    return job.pk


def give(
    coupon_id: int,
    segment_id: int,
    *,
    batch_id: int,
    now: datetime,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Given:
    """Give it in parts to those who are in the segment now and have none of it. Run again, it carries on.

    ``report`` hears how many of how many after each part. Raises NoCoupon, WrongState, UnknownSegment, NoSnapshot,
    DefinitionError.
    """
    members = segments.members(segment_id, now=now)
    total, counts = len(members), Given()
    for start_at in range(0, total, PART):
        part = members[start_at : start_at + PART].tolist()
        one = services.issue(coupon_id, part, batch_id=batch_id, now=now)
        counts = Given(given=counts.given + one.given, had_it=counts.had_it + one.had_it, gone=counts.gone + one.gone)
        report(min(start_at + PART, total), total)
    return counts
