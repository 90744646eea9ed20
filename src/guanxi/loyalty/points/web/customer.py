"""One customer's points: what there is, and each line of the ledger with why."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy

from guanxi.core import preferences
from guanxi.core.permissions import requires
from guanxi.core.web import tables
from guanxi.loyalty.models import PointsEntry
from guanxi.loyalty.points import queries
from guanxi.loyalty.points.types import EntryKind
from guanxi.loyalty.points.web.ledger import COLUMNS
from guanxi.loyalty.points.web.shared import Lines, card_of, name_of

STATEMENT = tables.Table(
    name="points-statement",
    row_id="id",
    columns=COLUMNS,
    filters=[
        tables.ChoiceFilter(key="kind", label=gettext_lazy("What"), choices=EntryKind.choices),
        tables.DateFilter(key="at", label=gettext_lazy("When")),
    ],
    default_sort="-at",
    export_permission="customers.export",
    empty=tables.Empty(
        title=gettext_lazy("No points yet"),
        text=gettext_lazy("Paid orders bring points as the programme says."),
        icon="coins",
    ),
)


@requires("loyalty.points")
def statement(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    card = card_of(customer_id)
    rows = PointsEntry.objects.filter(customer_id=customer_id).select_related("lot")
    context = {
        "card": card,
        "name": name_of(card),
        "balances": queries.balances(customer_id, now=timezone.now()),
        "currency": preferences.currency(),
    }
    return tables.respond(
        request,
        STATEMENT,
        Lines(rows, filters=STATEMENT.filters),
        template="loyalty/points/statement.html",
        context=context,
    )
