"""Making and changing coupons. What people may already hold is not changed under their hands."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guanxi.core import audit
from guanxi.core.models import User
from guanxi.loyalty.coupons.plans import CouponPlan, checked
from guanxi.loyalty.coupons.problems import BadRule, NoCoupon, WrongState
from guanxi.loyalty.models.coupons import Coupon, CouponState, IssuedCoupon

FIXED = ("kind", "params", "conditions", "currency", "code_style", "shared_code", "prefix", "holders_only")
"""What does not change any more once a coupon is or was in use."""
FREE = (
    "name",
    "exclusive",
    "stack_group",
    "limit_total",
    "limit_per_customer",
    "valid_from",
    "valid_until",
    "valid_days",
    "give_back",
)
MOVES = {
    CouponState.ACTIVE: {CouponState.DRAFT, CouponState.PAUSED},
    CouponState.PAUSED: {CouponState.ACTIVE},
    CouponState.ARCHIVED: {CouponState.DRAFT, CouponState.ACTIVE, CouponState.PAUSED},
}
"""To a state, from which."""


@transaction.atomic
def create_coupon(plan: CouponPlan, *, user: User | None, now: datetime) -> int:
    """Make a draft; gives its number. Raises BadRule."""
    plan = checked(plan)
    coupon = Coupon(created_by=user, created_at=now, updated_at=now)
    _set(coupon, plan, (*FIXED, *FREE))
    _save(coupon)
    audit.record("coupon.create", actor=user, subject=("coupon", coupon.pk), now=now)
    return coupon.pk


@transaction.atomic
def update_coupon(coupon_id: int, plan: CouponPlan, *, user: User | None, now: datetime) -> None:
    """Change a draft, or the name, limits and dates of a coupon in use. Raises BadRule, WrongState, NoCoupon."""
    coupon = locked(coupon_id)
    if coupon.state == CouponState.ARCHIVED:
        raise WrongState(_("An archived coupon cannot be changed."))
    plan = checked(plan)
    if coupon.state == CouponState.DRAFT:
        _set(coupon, plan, (*FIXED, *FREE))
    else:
        before = [getattr(coupon, name) for name in FIXED]
        _set(coupon, plan, (*FIXED, *FREE))
        if before != [getattr(coupon, name) for name in FIXED]:
            raise WrongState(_("People may hold this coupon already: its rule, conditions and codes stay as they are."))
        if coupon.limit_total is not None and coupon.limit_total < coupon.uses:
            said = _("It was used %(uses)d times already.") % {"uses": coupon.uses}
            raise BadRule({"limit_total": said})
    coupon.updated_at = now
    _save(coupon)
    audit.record("coupon.change", actor=user, subject=("coupon", coupon_id), now=now)


@transaction.atomic
def set_state(coupon_id: int, state: str, *, user: User | None, now: datetime) -> None:
    """Put a coupon in use, pause it, or archive it for good. Raises WrongState, NoCoupon."""
    coupon = locked(coupon_id)
    wanted = CouponState(state)
    if coupon.state not in MOVES.get(wanted, set()):
        said = {"now": coupon.get_state_display(), "wanted": wanted.label}
        raise WrongState(_("The coupon is in the state “%(now)s” and cannot become “%(wanted)s”.") % said)
    coupon.state, coupon.updated_at = wanted, now
    coupon.save(update_fields=["state", "updated_at"])
    action = {"active": "coupon.activate", "paused": "coupon.pause", "archived": "coupon.archive"}[wanted]
    audit.record(action, actor=user, subject=("coupon", coupon_id), now=now)


def locked(coupon_id: int) -> Coupon:
    """The coupon, with its row locked until the end of the transaction. Raises NoCoupon."""
    coupon = Coupon.objects.select_for_update().filter(pk=coupon_id).first()
    if coupon is None:
        raise NoCoupon(coupon_id)
    return coupon


def _set(coupon: Coupon, plan: CouponPlan, names: tuple[str, ...]) -> None:
    for name in names:
        setattr(coupon, name, getattr(plan, name))
    coupon.shared_code = coupon.shared_code or None


def _save(coupon: Coupon) -> None:
    taken = {"shared_code": _("Another coupon has this code.")}
    if coupon.shared_code and IssuedCoupon.objects.filter(code=coupon.shared_code).exists():
        raise BadRule(taken)
    try:
        with transaction.atomic():
            coupon.save()
    except IntegrityError as error:
        if "coupon_code_once" in str(error):
            raise BadRule(taken) from None
        raise
