"""Work of the segments room for the worker."""

import logging
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guanxi.core import jobs
from guanxi.segments import services
from guanxi.segments.errors import DefinitionError
from guanxi.segments.models import Segment, SegmentKind
from guanxi.warehouse.queries import NoSnapshot

log = logging.getLogger("guanxi.segments")

HOURLY = 3600.0


WORDS = {
    "segments": _("Segments counted"),
    "entered": _("Customers who came in"),
    "left": _("Customers who went out"),
    "unreadable": _("Segments that cannot be read"),
}


def segment_page(*, segment_id: int | None = None) -> str:
    return reverse("segments:list") if segment_id is None else reverse("segments:page", args=[segment_id])


@jobs.job("segments.refresh", label=_("Refresh segments"), words=WORDS, page=segment_page)
def refresh(run: jobs.Run, *, segment_id: int | None = None) -> dict[str, Any]:
    """Bring the membership of one segment, or of all by conditions, up to date."""
    wanted = Segment.objects.filter(archived_at=None, kind=SegmentKind.DYNAMIC)
    if segment_id is not None:
        wanted = wanted.filter(pk=segment_id)
    ids = list(wanted.order_by("pk").values_list("pk", flat=True))
    entered = left = unreadable = 0
    for done, number in enumerate(ids, start=1):
        try:
            result = services.refresh_membership(number, now=timezone.now())
        except NoSnapshot as empty:
            raise jobs.JobFailed(str(empty)) from None
        except DefinitionError as error:
            log.warning("segment %s cannot be read: %s", number, error)
            unreadable += 1
        else:
            entered, left = entered + result.entered, left + result.left
        run.progress(done, total=len(ids))
    return {"segments": len(ids) - unreadable, "entered": entered, "left": left, "unreadable": unreadable}


@jobs.every(HOURLY, name="segments.refresh")
def refresh_hourly() -> None:
    """Start the refresh of all segments, unless one waits or runs."""
    services.start_refresh()
