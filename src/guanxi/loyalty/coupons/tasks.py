"""Work of coupons for the worker."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guanxi.core import jobs
from guanxi.loyalty.coupons import issuing
from guanxi.loyalty.models.coupons import CouponBatch

WORDS = {"codes": _("Codes made")}


def codes_page(*, batch_id: int) -> str:
    batch = CouponBatch.objects.filter(pk=batch_id).first()
    return reverse("coupons:list") if batch is None else reverse("coupons:codes", args=[batch.coupon_id])


@jobs.job("coupons.codes", label=_("Make coupon codes"), words=WORDS, page=codes_page)
def make_codes(run: jobs.Run, *, batch_id: int) -> dict[str, Any]:
    """Make the codes that a batch still lacks. Cut off, it carries on when it runs again."""
    wanted = CouponBatch.objects.values_list("wanted", flat=True).get(pk=batch_id)
    made = issuing.make_codes(batch_id, now=timezone.now(), report=lambda done: run.progress(done, total=wanted))
    return {"codes": made}
