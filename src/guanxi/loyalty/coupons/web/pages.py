"""The pages of one coupon: what it is, its codes, its uses; and what can be done with it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from guanxi.commerce import queries as commerce
from guanxi.core import audit
from guanxi.core.models import Job
from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.loyalty.coupons import codes as coupon_codes
from guanxi.loyalty.coupons import exporting, queries, services, words
from guanxi.loyalty.coupons.problems import BadRule, WrongState
from guanxi.loyalty.coupons.web.forms import CodesForm
from guanxi.loyalty.coupons.web.shared import find, frame
from guanxi.loyalty.models.coupons import CodeStyle, CouponBatch, CouponRedemption, CouponState, IssuedCoupon

MOST_AT_ONCE = 10_000


@requires("coupons.view")
def coupon(request: HttpRequest, coupon_id: int) -> HttpResponse:
    """What a coupon is, and what became of it so far."""
    row, now = find(coupon_id), timezone.now()
    shops = {shop.id: shop.name for shop in commerce.shops()}
    batches = list(CouponBatch.objects.filter(coupon=row).select_related("created_by").order_by("-created_at")[:20])
    jobs = Job.objects.in_bulk([batch.job_id for batch in batches if batch.job_id])
    return render(
        request,
        "loyalty/coupons/coupon.html",
        {
            **frame(request, row, "overview", now),
            "sentences": words.sentences(row, shops),
            "batches": [(batch, jobs.get(batch.job_id or 0)) for batch in batches],
        },
    )


@requires("coupons.edit")
@require_POST
def set_state(request: HttpRequest, coupon_id: int, state: str) -> HttpResponse:
    """Put in use, pause or archive."""
    find(coupon_id)
    done: dict[str, str] = {
        CouponState.ACTIVE.value: _("The coupon is in use."),
        CouponState.PAUSED.value: _("Paused: nobody can use it until you put it in use again."),
        CouponState.ARCHIVED.value: _("Archived. What was used stays on record and can still be given back."),
    }
    if state not in done:
        raise Http404
    try:
        services.set_state(coupon_id, state, user=actor(request), now=timezone.now())
    except WrongState as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, done[state])
    return redirect("coupons:coupon", coupon_id)


def _void(request: HttpRequest, selection: tables.Selection) -> str:
    ids = [int(key) for key, _n in zip(selection.keys(), range(MOST_AT_ONCE), strict=False)]
    count = services.void(ids, user=actor(request), now=timezone.now())
    return ngettext("%(count)d piece is void.", "%(count)d pieces are void.", count) % {"count": count}


def _codes_table(full: bool) -> tables.Table:
    show = coupon_codes.pretty if full else coupon_codes.masked
    now = timezone.now()
    return tables.Table(
        name="coupon-codes",
        columns=[
            tables.Column(key="code", label=gettext_lazy("Code"), cell=lambda row: show(row.code) if row.code else ""),
            tables.Column(
                key="customer",
                label=gettext_lazy("Customer"),
                cell="customer_id",
                link=lambda row: reverse("customers:page", args=[row.customer_id]) if row.customer_id else "",
            ),
            tables.Column(
                key="state", label=gettext_lazy("State"), cell=lambda row: queries.STATES[queries.state_of(row, now)]
            ),
            tables.Column(key="issued", label=gettext_lazy("Made"), cell="issued_at", sort="pk"),
            tables.Column(key="expires", label=gettext_lazy("Until"), cell=queries.end_of),
            tables.Column(key="used", label=gettext_lazy("Used"), cell="used_at"),
        ],
        filters=[
            tables.ChoiceFilter(
                key="what",
                label=gettext_lazy("State"),
                choices=[
                    ("free", gettext_lazy("Not used yet")),
                    ("used", gettext_lazy("Used")),
                    ("void", gettext_lazy("Made void")),
                ],
                apply=_in_states,
            ),
            tables.ChoiceFilter(
                key="held",
                label=gettext_lazy("Held by"),
                choices=[("yes", gettext_lazy("A customer")), ("no", gettext_lazy("Nobody yet"))],
                apply=_held,
            ),
        ],
        search=_by_code,
        search_label=gettext_lazy("Beginning of a code"),
        default_sort="-issued",
        actions=[
            tables.BulkAction(
                key="void",
                label=gettext_lazy("Make void"),
                run=_void,
                icon="ban",
                permission="coupons.edit",
                confirm=gettext_lazy("Nobody can use these pieces any more. It cannot be undone. Make them void?"),
                danger=True,
            )
        ],
        export_permission="coupons.codes",
        empty=tables.Empty(
            title=gettext_lazy("No pieces yet"),
            text=gettext_lazy("Make codes to print or send, or give the coupon to the customers of a segment."),
            icon="ticket",
        ),
    )


def _in_states(rows: Any, wanted: list[str]) -> Any:
    from django.db.models import Q

    said = {
        "free": Q(used_at=None, voided_at=None),
        "used": Q(used_at__isnull=False),
        "void": Q(voided_at__isnull=False),
    }
    found = Q(pk=None)
    for one in wanted:
        found |= said[one]
    return rows.filter(found)


def _held(rows: Any, wanted: list[str]) -> Any:
    return rows if len(wanted) == 2 else rows.filter(customer_id__isnull="no" in wanted)


def _by_code(rows: Any, text: str) -> Any:
    return rows.filter(code__startswith=coupon_codes.normalise(text))


@requires("coupons.view")
def codes(request: HttpRequest, coupon_id: int) -> HttpResponseBase:
    """The pieces of a coupon: codes and who holds them."""
    row, may_see = find(coupon_id), actor(request).may("coupons.codes")
    making = CouponBatch.objects.filter(coupon=row, wanted__isnull=False).order_by("-created_at").first()
    context = {
        **frame(request, row, "codes", timezone.now()),
        "form": CodesForm(),
        "own_codes": row.code_style == CodeStyle.UNIQUE,
        "may_see": may_see,
        "making": Job.objects.filter(pk=making.job_id).first() if making and making.job_id else None,
    }
    rows = IssuedCoupon.objects.filter(coupon=row).select_related("coupon")
    return tables.respond(request, _codes_table(may_see), rows, template="loyalty/coupons/codes.html", context=context)


@requires("coupons.edit")
@require_POST
def make_codes(request: HttpRequest, coupon_id: int) -> HttpResponse:
    """Let the worker make codes."""
    find(coupon_id)
    form = CodesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter how many codes to make, from 1 to 5,000,000."))
        return redirect("coupons:codes", coupon_id)
    try:
        services.start_codes(coupon_id, form.cleaned_data["count"], user=actor(request), now=timezone.now())
    except (BadRule, WrongState) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The codes are being made; this page shows how far it is."))
    return redirect("coupons:codes", coupon_id)


@requires("coupons.codes")
def export_codes(request: HttpRequest, coupon_id: int) -> HttpResponseBase:
    """The codes that can still be used, as a file of one column. Leaves an audit entry."""
    row = find(coupon_id)
    audit.record("coupon.codes_exported", actor=actor(request), subject=("coupon", row.pk), request=request)
    stream = StreamingHttpResponse(exporting.code_lines(row.pk), content_type="text/csv; charset=utf-8")
    stream["Content-Disposition"] = f'attachment; filename="coupon-{row.pk}-codes.csv"'
    return stream


def _give_back(request: HttpRequest, selection: tables.Selection) -> str:
    ids = selection.queryset.filter(uses=1).values_list("pk", flat=True)[:MOST_AT_ONCE]
    reason = _("Given back on the page of uses.")
    back = services.give_back(list(ids), reason=reason, user=actor(request), now=timezone.now())
    return ngettext("%(count)d use is given back.", "%(count)d uses are given back.", len(back)) % {"count": len(back)}


def _what(row: CouponRedemption) -> str:
    if row.uses < 0:
        return _("Given back")
    return _("Used, given back later") if hasattr(row, "reversed_by") else _("Used")


def _money(row: CouponRedemption, name: str = "discount") -> str:
    from guanxi.loyalty.coupons.kinds.base import amount_words

    amount = row.basket_total if name == "basket" else row.discount + row.shipping_discount
    return amount_words(amount, row.currency)


USES = tables.Table(
    name="coupon-uses",
    columns=[
        tables.Column(key="at", label=gettext_lazy("When"), sort="at"),
        tables.Column(key="what", label=gettext_lazy("What"), cell=_what),
        tables.Column(key="order", label=gettext_lazy("Order"), cell="order_number"),
        tables.Column(
            key="customer",
            label=gettext_lazy("Customer"),
            cell="customer_id",
            link=lambda row: reverse("customers:page", args=[row.customer_id]) if row.customer_id else "",
        ),
        tables.Column(
            key="basket",
            label=gettext_lazy("Basket"),
            cell=partial(_money, name="basket"),
            csv="basket_total",
            align="end",
        ),
        tables.Column(
            key="discount",
            label=gettext_lazy("Taken off"),
            cell=_money,
            csv=lambda row: row.discount + row.shipping_discount,
            align="end",
        ),
        tables.Column(key="reason", label=gettext_lazy("Reason"), shown=False),
    ],
    filters=[
        tables.DateFilter(key="at", label=gettext_lazy("When"), field="at"),
        tables.ChoiceFilter(
            key="what",
            label=gettext_lazy("What"),
            field="uses",
            choices=[(1, gettext_lazy("Used")), (-1, gettext_lazy("Given back"))],
        ),
    ],
    search=["order_number"],
    default_sort="-at",
    actions=[
        tables.BulkAction(
            key="give-back",
            label=gettext_lazy("Give back"),
            run=_give_back,
            icon="arrow-back-up",
            permission="coupons.redeem",
            confirm=gettext_lazy("The coupons count as not used and hold again. Give them back?"),
        )
    ],
    empty=tables.Empty(
        title=gettext_lazy("Not used yet"),
        text=gettext_lazy("Tills and shops report each use through the API."),
        icon="ticket",
    ),
)


@requires("coupons.view")
def uses(request: HttpRequest, coupon_id: int) -> HttpResponseBase:
    """The ledger of one coupon."""
    row = find(coupon_id)
    rows = CouponRedemption.objects.filter(coupon=row).select_related("reversed_by")
    context = frame(request, row, "uses", timezone.now())
    return tables.respond(request, USES, rows, template="loyalty/coupons/uses.html", context=context)
