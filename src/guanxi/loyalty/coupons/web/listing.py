"""The list of coupons."""

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import requires
from guanxi.core.web import tables
from guanxi.loyalty.coupons import codes, words
from guanxi.loyalty.coupons.kinds import KINDS
from guanxi.loyalty.coupons.web.shared import state_cell
from guanxi.loyalty.models.coupons import CodeStyle, Coupon, CouponState


def _kinds() -> list[tuple[str, Promise | str]]:
    return [(kind.name, kind.label) for kind in KINDS]


COUPONS = tables.Table(
    name="coupons",
    columns=[
        tables.Column(
            key="name", label=_("Coupon"), sort="name", link=lambda row: reverse("coupons:coupon", args=[row.pk])
        ),
        tables.Column(key="rule", label=_("Rule"), cell=words.headline),
        tables.Column(key="state", label=_("State"), cell=state_cell, csv="get_state_display", sort="state"),
        tables.Column(key="code", label=_("Code"), cell=lambda row: codes.pretty(row.shared_code or "")),
        tables.Column(key="issued", label=_("Given to customers"), align="end", sort="issued"),
        tables.Column(key="codes", label=_("Codes made"), align="end", sort="codes", shown=False),
        tables.Column(key="uses", label=_("Used"), align="end", sort="uses"),
        tables.Column(key="limit", label=_("Uses in all"), cell="limit_total", align="end", shown=False),
        tables.Column(key="until", label=_("Until"), cell="valid_until", sort="valid_until"),
        tables.Column(key="created", label=_("Created"), cell="created_at", sort="created_at", shown=False),
    ],
    filters=[
        tables.ChoiceFilter(key="state", label=_("State"), choices=CouponState.choices),
        tables.ChoiceFilter(key="kind", label=_("Kind"), choices=_kinds),
        tables.ChoiceFilter(key="codes", label=_("Codes"), field="code_style", choices=CodeStyle.choices),
        tables.DateFilter(key="until", label=_("Until"), field="valid_until"),
        tables.NumberFilter(key="used", label=_("Used"), field="uses"),
    ],
    search=["name", "shared_code"],
    default_sort="-created",
    empty=tables.Empty(
        title=_("No coupons yet"),
        text=_("A coupon takes something off, or gives something, to those who meet its conditions."),
        icon="ticket",
        action_label=_("New coupon"),
        action_url_name="coupons:new",
        action_permission="coupons.edit",
    ),
)


@requires("coupons.view")
def coupons(request: HttpRequest) -> HttpResponseBase:
    """All coupons, newest first."""
    return tables.respond(request, COUPONS, Coupon.objects.all(), template="loyalty/coupons/list.html")
