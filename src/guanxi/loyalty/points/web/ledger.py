"""The ledger of everyone's points, and the figures above it."""

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core import preferences
from guanxi.core.permissions import requires
from guanxi.core.web import tables
from guanxi.loyalty.models import PointsEntry, PointsProgramme
from guanxi.loyalty.points import adjusting, queries
from guanxi.loyalty.points.types import EntryKind, Line
from guanxi.loyalty.points.web.shared import Lines, of_customers

COLUMNS = [
    tables.Column(key="at", label=gettext_lazy("When"), sort="at"),
    tables.Column(key="label", label=gettext_lazy("What")),
    tables.Column(key="points", label=gettext_lazy("Points"), align="end", template="loyalty/points/cells/points.html"),
    tables.Column(key="why", label=gettext_lazy("Why")),
    tables.Column(key="valid_from", label=gettext_lazy("Valid from"), shown=False),
    tables.Column(key="expires_at", label=gettext_lazy("Valid until"), shown=False),
]


def _page_of(line: Line) -> str:
    return reverse("loyalty:points_customer", args=[line.customer_id])


CUSTOMER = tables.Column(
    key="customer_id", label=gettext_lazy("Customer"), link=_page_of, cell=lambda line: str(line.customer_id)
)
LEDGER = tables.Table(
    name="points",
    row_id="id",
    columns=[
        COLUMNS[0],
        CUSTOMER,
        *COLUMNS[1:],
    ],
    filters=[
        tables.ChoiceFilter(key="kind", label=gettext_lazy("What"), choices=EntryKind.choices),
        tables.DateFilter(key="at", label=gettext_lazy("When")),
        tables.NumberFilter(key="points", label=gettext_lazy("Points")),
    ],
    search=of_customers,
    search_label=gettext_lazy("Customer: phone, e-mail, name or number"),
    search_is_private=True,
    default_sort="-at",
    export_permission="customers.export",
    empty=tables.Empty(
        title=gettext_lazy("No points yet"),
        text=gettext_lazy("Say how points are earned and turn the programme on; paid orders then bring points."),
        icon="coins",
        action_label=gettext_lazy("Set up the programme"),
        action_url_name="loyalty:points_programmes",
        action_permission="loyalty.points_settings",
    ),
)


@requires("loyalty.points")
def ledger(request: HttpRequest) -> HttpResponseBase:
    owed = queries.owed(now=timezone.now())
    context = {
        "spendable": sum(one.spendable for one in owed),
        "pending": sum(one.pending for one in owed),
        "debt": sum(one.debt for one in owed),
        "worth": sum(one.worth for one in owed),
        "holders": queries.holders(),
        "currency": preferences.currency(),
        "waiting": adjusting.waiting(),
        "off": not PointsProgramme.objects.filter(active=True).exists(),
        "title": _("Points"),
    }
    rows = Lines(PointsEntry.objects.select_related("lot"), filters=LEDGER.filters, search=of_customers)
    return tables.respond(request, LEDGER, rows, template="loyalty/points/ledger.html", context=context)
