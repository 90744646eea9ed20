"""Templates: list, starters, the editor with its live preview, test send."""

from typing import Any

from django.contrib import messages as toasts
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from guanxi.core.permissions import actor, requires
from guanxi.core.web import tables
from guanxi.messaging import authoring
from guanxi.messaging.authoring import TemplateInvalid
from guanxi.messaging.channels.base import TransportTrouble, Verdict
from guanxi.messaging.models import MessageTemplate
from guanxi.messaging.templating import provided
from guanxi.messaging.templating.compiling import compile_draft
from guanxi.messaging.templating.filling import CannotFill
from guanxi.messaging.templating.liquid import Problem, variables
from guanxi.messaging.templating.starters import STARTERS
from guanxi.messaging.types import ContactCard
from guanxi.messaging.web.forms import TemplateForm
from guanxi.messaging.web.framing import framed

TEMPLATES = tables.Table(
    name="templates",
    columns=[
        tables.Column(
            key="name",
            label=gettext_lazy("Name"),
            sort="name",
            link=lambda row: reverse("messaging:template", args=[row.pk]),
        ),
        tables.Column(key="purpose", label=gettext_lazy("Purpose"), cell=lambda row: row.get_purpose_display()),
        tables.Column(key="language", label=gettext_lazy("Language"), cell=lambda row: row.get_language_display()),
        tables.Column(key="updated", label=gettext_lazy("Changed"), cell="updated_at", sort="updated_at"),
    ],
    filters=[
        tables.ChoiceFilter(
            key="purpose",
            label=gettext_lazy("Purpose"),
            choices=[("marketing", gettext_lazy("Marketing")), ("service", gettext_lazy("Service"))],
        )
    ],
    search=["name"],
    default_sort="-updated",
    csv=False,
    empty=tables.Empty(
        title=gettext_lazy("No templates yet"),
        text=gettext_lazy("A template is a message to fill in for each customer. Begin with one of ours."),
        icon="template",
        action_label=gettext_lazy("New template"),
        action_url_name="messaging:template_new",
        action_permission="messaging.templates",
    ),
)


@requires("messaging.view")
def template_list(request: HttpRequest) -> HttpResponseBase:
    rows = MessageTemplate.objects.filter(archived_at=None)
    return tables.respond(request, TEMPLATES, rows, template="messaging/templates.html")


@requires("messaging.templates")
def starters(request: HttpRequest) -> HttpResponse:
    language = get_language() or "en"
    return render(request, "messaging/starters.html", {"starters": STARTERS.values(), "language": language})


@requires("messaging.templates")
def create(request: HttpRequest, starter: str, language: str) -> HttpResponse:
    """A new template from a starter, or from nothing with the starter ``blank``."""
    initial: dict[str, Any] = {"language": language}
    if starter in STARTERS and language in STARTERS[starter].subjects:
        draft = STARTERS[starter].draft(language)
        initial = {name: getattr(draft, name) for name in TemplateForm.DRAFT}
        initial["name"] = str(STARTERS[starter].label)
    elif starter != "blank":
        raise Http404
    return _editor(request, None, TemplateForm(request.POST or None, initial=initial))


@requires("messaging.view")
def edit(request: HttpRequest, template_id: int) -> HttpResponse:
    template = get_object_or_404(MessageTemplate, pk=template_id)
    draft = authoring.draft_of(template.latest)
    initial = {name: getattr(draft, name) for name in TemplateForm.DRAFT} | {"name": template.name}
    return _editor(request, template, TemplateForm(request.POST or None, initial=initial))


def _editor(request: HttpRequest, template: MessageTemplate | None, form: TemplateForm) -> HttpResponse:
    problems: tuple[Problem, ...] = ()
    user = actor(request)
    if request.method == "POST" and form.is_valid() and user.may("messaging.templates"):
        try:
            version = authoring.save(
                form.draft(), name=form.cleaned_data["name"], actor=user, now=timezone.now(), template=template
            )
        except TemplateInvalid as invalid:
            problems = invalid.problems
        else:
            toasts.success(request, _("Saved as version %(number)s.") % {"number": version.number})
            return redirect("messaging:template", version.template_id)
    context = {
        "form": form,
        "template": template,
        "versions": template.versions.order_by("-number")[:20] if template else [],
        "problems": problems,
        "variables": {**variables(), **provided.offered()}.items(),
        "may_edit": user.may("messaging.templates"),
    }
    return render(request, "messaging/template.html", context, status=422 if problems else 200)


@requires("messaging.templates")
@require_POST
def archive(request: HttpRequest, template_id: int) -> HttpResponse:
    authoring.archive(get_object_or_404(MessageTemplate, pk=template_id), now=timezone.now())
    toasts.success(request, _("The template is out of the list; what was sent with it stays."))
    return redirect("messaging:templates")


@requires("messaging.view")
@require_POST
@xframe_options_sameorigin
def preview(request: HttpRequest) -> HttpResponse:
    """The draft in the form as one customer would get it, for the sandboxed frame; nothing is saved."""
    form = TemplateForm(request.POST)
    form.is_valid()
    draft = form.draft()
    compiled = compile_draft(draft)
    if compiled.errors:
        return framed(_problems_page([*compiled.errors]))
    card, note = _chosen_card(request, draft.language)
    try:
        seen = authoring.preview(compiled, draft.subject, card)
    except CannotFill as error:
        return framed(_problems_page([Problem(_("Filling in failed: %(error)s") % {"error": error})]))
    notes = [note] if note else []
    notes += [
        _("%(name)s is not known of this customer and has no fall-back.") % {"name": name} for name in seen.missing
    ]
    notes += [_line(problem) for problem in compiled.warnings if problem.line]
    plain = f"<pre style='white-space:pre-wrap;font:14px/1.6 monospace;padding:16px'>{escape(seen.filled.text)}</pre>"
    body = plain if form.cleaned_data.get("part") == "text" or not seen.filled.html else seen.filled.html
    return framed(_with_head(body, seen.filled.subject, notes))


def _chosen_card(request: HttpRequest, language: str) -> tuple[ContactCard, str]:
    """The customer to preview as, and what to say when there is none."""
    wanted = request.POST.get("customer", "").strip().lstrip("#")
    sample = authoring.sample_card(language)
    if not wanted:
        return sample, ""
    if not actor(request).may("customers.reveal"):
        return sample, _(
            "Seeing a message as a real customer needs the right to show personal data; this one is invented."
        )
    card = authoring.card_of(int(wanted)) if wanted.isdigit() and len(wanted) < 19 else None
    return (
        (card, "") if card else (sample, _("This customer cannot be reached by e-mail; the person shown is invented."))
    )


def _line(problem: Problem) -> str:
    if problem.line is None:
        return problem.message
    return _("Line %(line)s: %(message)s") % {"line": problem.line, "message": problem.message}


def _problems_page(problems: list[Problem]) -> str:
    rows = "".join(f"<li>{escape(_line(problem))}</li>" for problem in problems)
    return f"<body style='font:15px/1.6 sans-serif;padding:24px;color:#b42318'><ul>{rows}</ul></body>"


def _with_head(html: str, subject: str, notes: list[str]) -> str:
    """Subject and warnings above the message, inside the frame."""
    said = "".join(f"<div style='color:#92600a'>{escape(note)}</div>" for note in dict.fromkeys(notes))
    head = (
        "<div style='font:14px/1.5 sans-serif;padding:10px 16px;background:#fff;color:#1f2937;text-align:left;"
        f"border-bottom:1px solid #d1d5db'><strong>{escape(subject)}</strong>{said}</div>"
    )
    at = html.lower().find("<body")
    end = html.find(">", at) + 1 if at >= 0 else 0
    return html[:end] + head + html[end:]


@requires("messaging.templates")
@require_POST
def test_send(request: HttpRequest) -> HttpResponse:
    """The draft in the form to the signed-in person's own address."""
    form = TemplateForm(request.POST)
    form.is_valid()
    draft = form.draft()
    compiled = compile_draft(draft)
    said, tag = _("The template has errors; see the preview."), "warning"
    if not compiled.errors:
        card, _note = _chosen_card(request, draft.language)
        try:
            outcome = authoring.send_test(
                compiled, draft, card=card, channel="email", actor=actor(request), now=timezone.now()
            )
        except (TransportTrouble, CannotFill) as trouble:
            said = str(trouble)
        else:
            sent = outcome.verdict is Verdict.SENT
            tag = "success" if sent else "warning"
            said = (
                _("A test is on its way to %(address)s.") % {"address": actor(request).email}
                if sent
                else _("The server did not take the test (%(code)s).") % {"code": outcome.code or "–"}
            )
    return render(request, "messaging/test_result.html", {"said": said, "tag": tag})
