"""The list of messages, and those that a person must decide about."""

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.messaging import services
from guanxi.messaging.models import Message
from guanxi.messaging.types import MessageState, Reason

SOURCES = {"campaign": gettext_lazy("Campaign")}
"""What may order a message, in words."""

MESSAGES = tables.Table(
    name="messages",
    columns=[
        tables.Column(key="id", label=gettext_lazy("Message"), cell="pk", sort="id"),
        tables.Column(
            key="customer",
            label=gettext_lazy("Customer"),
            cell=lambda row: f"#{row.customer_id}",
            link=lambda row: f"/customers/{row.customer_id}/",
        ),
        tables.Column(key="template", label=gettext_lazy("Template"), cell="template_version.template.name"),
        tables.Column(
            key="state",
            label=gettext_lazy("State"),
            template="messaging/cells/state.html",
            csv=lambda row: row.get_state_display(),
        ),
        tables.Column(key="reason", label=gettext_lazy("Why"), cell=lambda row: row.get_reason_display()),
        tables.Column(
            key="source",
            label=gettext_lazy("Source"),
            cell=lambda row: f"{SOURCES.get(row.source_kind, row.source_kind)} {row.source_id}",
            link=lambda row: f"/campaigns/{row.source_id}/" if row.source_kind == "campaign" else "",
        ),
        tables.Column(key="created", label=gettext_lazy("Queued"), cell="created_at", shown=False),
        tables.Column(key="not_before", label=gettext_lazy("Due"), cell="not_before", shown=False),
        tables.Column(key="sent", label=gettext_lazy("Sent"), cell="sent_at"),
        tables.Column(key="opened", label=gettext_lazy("Opened"), cell="opened_at"),
        tables.Column(key="clicked", label=gettext_lazy("Clicked"), cell="clicked_at"),
        tables.Column(key="attempts", label=gettext_lazy("Attempts"), align="end", shown=False),
        tables.Column(key="code", label=gettext_lazy("Answer"), cell="reply_code", shown=False),
    ],
    filters=[
        tables.ChoiceFilter(key="state", label=gettext_lazy("State"), choices=MessageState.choices),
        tables.ChoiceFilter(key="reason", label=gettext_lazy("Why"), choices=Reason.choices),
        tables.TextFilter(key="source_kind", label=gettext_lazy("Kind of source"), lookup="exact"),
        tables.NumberFilter(key="source_id", label=gettext_lazy("Number of the source"), field="source_id"),
        tables.NumberFilter(key="customer", label=gettext_lazy("Number of the customer"), field="customer_id"),
        tables.DateFilter(key="sent", label=gettext_lazy("Sent"), field="sent_at"),
    ],
    default_sort="-id",
    empty=tables.Empty(
        title=gettext_lazy("No messages yet"),
        text=gettext_lazy("Messages appear here when a campaign is launched. Begin with a template."),
        icon="send",
        action_label=gettext_lazy("Templates"),
        action_url_name="messaging:templates",
    ),
)


@requires("messaging.view")
def message_list(request: HttpRequest) -> HttpResponseBase:
    rows = Message.objects.select_related("template_version__template").defer(
        "template_version__source", "template_version__html", "template_version__text", "template_version__text_source"
    )
    context = {
        "uncertain": Message.objects.filter(state=MessageState.UNCERTAIN).count(),
    }
    return tables.respond(request, MESSAGES, rows, template="messaging/messages.html", context=context)


@requires("messaging.send")
def uncertain(request: HttpRequest) -> HttpResponse:
    """Messages that were cut off in their last step; each is sent again, or taken as sent, on a person's word only."""
    rows = Message.objects.filter(state=MessageState.UNCERTAIN).select_related("template_version__template")
    if request.method == "POST":
        chosen = [int(number) for number in request.POST.getlist("message") if number.isdigit()]
        again = request.POST.get("decision") == "again"
        count = services.settle_uncertain(chosen, send_again=again, actor=actor(request), now=timezone.now())
        if not count:
            toasts.warning(request, _("Choose at least one message."))
        elif again:
            toasts.success(
                request,
                ngettext("%(count)s message goes again.", "%(count)s messages go again.", count) % {"count": count},
            )
        else:
            toasts.success(
                request,
                ngettext("%(count)s message counts as sent.", "%(count)s messages count as sent.", count)
                % {"count": count},
            )
        return redirect("messaging:uncertain")
    return render(request, "messaging/uncertain.html", {"rows": rows.order_by("-id")[:500]})
