"""The list of customers."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, to_locale
from django.utils.translation import gettext as _

from guanxi.commerce import queries as commerce
from guanxi.core import money, staff
from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.core.web.tables import Column, Selection
from guanxi.customers import queries as customers
from guanxi.customers import services
from guanxi.customers.fields import queries as fields
from guanxi.customers.parties.kinds import Party, Role
from guanxi.warehouse import queries as warehouse
from guanxi.workspace.customer_columns import OWNER, with_fields
from guanxi.workspace.customers import CustomerRow, CustomerSource

LONGEST_TAG = 60
CONSENT_WORDS = {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No"), "unknown": gettext_lazy("Not asked")}


def page_of(row: CustomerRow) -> str:
    return reverse("customers:page", args=[row.id])


def _name(row: CustomerRow) -> str:
    return row.card.name or _("Customer %(number)s") % {"number": row.id}


def _revenue(row: CustomerRow) -> str:
    return money.display(row.revenue, row.currency, locale=to_locale(get_language() or "en"))


def _tag(request: HttpRequest, selection: Selection) -> str:
    name = request.POST.get("tag", "").strip()[:LONGEST_TAG]
    if not name:
        return _("Write the tag's name first; nothing was changed.")
    count = services.tag(_chosen(selection), [name], now=timezone.now())
    return ngettext("Tagged %(count)s customer with %(tag)s.", "Tagged %(count)s customers with %(tag)s.", count) % {
        "count": count,
        "tag": name,
    }


def _chosen(selection: Selection) -> list[int]:
    assert isinstance(selection.source, CustomerSource)
    if selection.ids is None:
        return selection.source.ids(selection.query)
    return [int(key) for key in selection.ids if key.isdecimal() and len(key) < 19]


def _assign(request: HttpRequest, selection: Selection) -> str:
    try:
        owner_id = services.owner_from(request.POST.get("owner", ""))
        count = services.assign(_chosen(selection), owner_id=owner_id, user=actor(request), now=timezone.now())
    except services.UnknownOwner as error:
        return str(error)
    return ngettext("%(count)s customer changed hands.", "%(count)s customers changed hands.", count) % {"count": count}


def _compare(request: HttpRequest, selection: Selection) -> str | HttpResponseBase:
    ids = [int(key) for key in selection.ids or ()]
    if len(ids) != 2:
        return _("Choose two customers; then they are shown side by side.")
    return redirect("merging:review", min(ids), max(ids))


def _shops() -> Iterable[tuple[str, str]]:
    return [(str(shop.id), shop.name) for shop in commerce.shops()]


def _tags() -> Iterable[tuple[str, str]]:
    return [(tag.name, tag.name) for tag in customers.tags()]


def _regions() -> Iterable[tuple[str, str]]:
    """The regions most customers live in."""
    snapshot = warehouse.snapshot()

    def ask() -> list[tuple[str, str]]:
        facts = snapshot.tables["customer_facts"]
        known = facts.filter(facts.region != "").region.value_counts(name="people")
        rows = snapshot.execute(known.order_by(known.people.desc()).limit(40)).to_pylist()
        return [(row["region"], row["region"]) for row in rows]

    return snapshot.once("customer regions", ask)


TABLE = tables.Table(
    name="customers",
    row_id="id",
    columns=[
        Column(key="name", label=gettext_lazy("Customer"), cell=_name, link=page_of, csv="card.name"),
        Column(
            key="party",
            label=gettext_lazy("Kind"),
            cell=lambda row: Party(row.card.party).label,
            csv="card.party",
            shown=False,
        ),
        Column(
            key="roles",
            label=gettext_lazy("Roles"),
            cell=lambda row: ", ".join(str(Role(one).label) for one in row.card.roles),
            shown=False,
        ),
        Column(key="phone", label=gettext_lazy("Phone"), cell="card.phone"),
        Column(key="email", label=gettext_lazy("E-mail"), cell="card.email", shown=False),
        Column(key="region", label=gettext_lazy("Region"), cell="card.region", sort="region"),
        Column(key="orders", label=gettext_lazy("Orders"), align="end", sort="orders"),
        Column(
            key="revenue",
            label=gettext_lazy("Revenue"),
            align="end",
            sort="revenue",
            cell=_revenue,
            csv="revenue",
        ),
        Column(key="last_order_at", label=gettext_lazy("Last order"), sort="last_order_at"),
        Column(key="first_order_at", label=gettext_lazy("First order"), sort="first_order_at", shown=False),
        Column(key="tags", label=gettext_lazy("Tags"), cell=lambda row: ", ".join(row.card.tags)),
        Column(
            key="consent",
            label=gettext_lazy("E-mail consent"),
            cell=lambda row: str(CONSENT_WORDS.get(row.consent_email_marketing, "")),
            shown=False,
        ),
        Column(key="source", label=gettext_lazy("Source"), cell="card.source", shown=False),
        Column(key="owner", label=gettext_lazy("Owner"), shown=False),
    ],
    filters=[
        tables.ChoiceFilter(key="region", label=gettext_lazy("Region"), choices=_regions),
        tables.ChoiceFilter(key="party", label=gettext_lazy("Kind of customer"), choices=Party.choices),
        tables.ChoiceFilter(key="role", label=gettext_lazy("Role"), choices=Role.choices),
        tables.ChoiceFilter(key="first_shop_id", label=gettext_lazy("First shop"), choices=_shops),
        tables.ChoiceFilter(key="tag", label=gettext_lazy("Tag"), choices=_tags),
        tables.ChoiceFilter(
            key="consent_email_marketing", label=gettext_lazy("E-mail consent"), choices=list(CONSENT_WORDS.items())
        ),
        OWNER,
        tables.NumberFilter(key="orders", label=gettext_lazy("Orders")),
        tables.NumberFilter(key="revenue", label=gettext_lazy("Revenue"), scale=100),
        tables.DateFilter(key="last_order_at", label=gettext_lazy("Last order")),
    ],
    search=True,
    search_label=gettext_lazy("Phone, e-mail, last four digits, or name"),
    search_is_private=True,
    actions=[
        tables.BulkAction(
            key="tag",
            label=gettext_lazy("Tag"),
            run=_tag,
            icon="tag",
            permission="customers.edit",
            confirm=gettext_lazy("Which tag should they get?"),
            inputs="workspace/tag_input.html",
        ),
        tables.BulkAction(
            key="assign",
            label=gettext_lazy("Assign"),
            run=_assign,
            icon="user-share",
            permission="customers.assign",
            confirm=gettext_lazy("Who is to look after them?"),
            inputs="customers/owner_input.html",
        ),
        tables.BulkAction(
            key="merge",
            label=gettext_lazy("Merge"),
            run=_compare,  # type: ignore[arg-type]  # a redirect is a response
            icon="arrows-join",
            permission="customers.merge",
        ),
    ],
    export_permission="customers.export",
)


@requires("customers.view")
def customer_list(request: HttpRequest) -> HttpResponseBase:
    try:
        definitions = fields.definitions()
        source = CustomerSource.newest(viewer=actor(request).pk, definitions=definitions)
    except warehouse.NoSnapshot:
        return render(request, "workspace/no_customers.html")
    context = {"refreshed_at": source.snapshot.refreshed_at, "colleagues": staff.colleagues}
    return tables.respond(
        request, with_fields(TABLE, definitions), source, template="workspace/customers.html", context=context
    )
