"""The list of batches of people."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import requires
from guanxi.core.web import tables
from guanxi.customers.models import Occasion, PeopleBatch
from guanxi.customers.parties.kinds import Role

BATCHES = tables.Table(
    name="people_batches",
    columns=[
        tables.Column(
            key="name",
            label=_("Batch"),
            cell="name",
            sort="name",
            link=lambda row: reverse("customers:batch", args=[row.pk]),
        ),
        tables.Column(key="occasion", label=_("Occasion"), cell="get_occasion_display"),
        tables.Column(key="day", label=_("Day"), cell="occurred_on", sort="occurred_on"),
        tables.Column(key="people", label=_("Customers"), cell="customers", sort="customers", align="end"),
        tables.Column(key="new", label=_("New"), cell="made", sort="made", align="end"),
        tables.Column(key="role", label=_("Role"), cell="get_role_display"),
        tables.Column(key="by", label=_("By"), cell=lambda row: str(row.created_by or "")),
    ],
    filters=[
        tables.ChoiceFilter(key="occasion", label=_("Occasion"), choices=Occasion.choices),
        tables.ChoiceFilter(key="role", label=_("Role"), choices=Role.choices),
        tables.DateFilter(key="occurred_on", label=_("Day")),
    ],
    search=["name"],
    search_label=_("Name of the batch"),
    default_sort="-day",
    export_permission="customers.export",
    empty=tables.Empty(
        title=_("No batches yet"),
        text=_("Bring the cards of a fair or an address book: everyone is matched with the customers there are."),
        icon="id",
        action_label=_("Import people"),
        action_url_name="people:upload",
        action_permission="customers.import",
    ),
)


@requires("customers.view")
def batches(request: HttpRequest) -> HttpResponseBase:
    """All batches, the newest first."""
    members = Count("members__customer_id", distinct=True)
    rows = PeopleBatch.objects.select_related("created_by").annotate(
        customers=members, made=Count("members__customer_id", distinct=True, filter=Q(members__created=True))
    )
    return tables.respond(request, BATCHES, rows, template="customers/people/batches.html")
