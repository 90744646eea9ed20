"""Codes of a coupon as a file, however many there are: read from the database in parts and never held whole."""

from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from guanxi.core.csv import BOM
from guanxi.loyalty.coupons import codes
from guanxi.loyalty.models.coupons import IssuedCoupon

PART = 20_000


def codes_of(coupon_id: int, *, batch_id: int | None = None) -> Iterator[str]:
    """As they are printed, in the order in which they were made; those used or void are left out."""
    rows = IssuedCoupon.objects.filter(coupon_id=coupon_id, code__isnull=False, used_at=None, voided_at=None)
    if batch_id is not None:
        rows = rows.filter(batch_id=batch_id)
    after = 0
    while part := list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", "code")[:PART]):
        yield from (codes.grouped(code) for _pk, code in part if code)
        after = part[-1][0]


def code_lines(coupon_id: int, *, batch_id: int | None = None) -> Iterator[str]:
    """CSV of one column, in pieces of many lines. Codes are letters, digits and hyphens: nothing in them can run."""
    yield f"{BOM}{_('Code')}\r\n"
    found = codes_of(coupon_id, batch_id=batch_id)
    while piece := list(islice(found, PART)):
        yield "\r\n".join(piece) + "\r\n"
