"""Who did what, and when."""

import json
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.models import AuditEntry, User
from guanxi.core.permissions import requires
from guanxi.core.web import tables

LABELS: dict[str, Promise | str] = {
    "user.signed_in": _("Signed in"),
    "user.created": _("Made an account"),
    "user.changed": _("Changed an account"),
    "user.password_set": _("Set a password"),
    "user.second_step_removed": _("Removed a two-step sign-in"),
    "role.created": _("Made a role"),
    "role.changed": _("Changed the rights of a role"),
    "role.deleted": _("Deleted a role"),
    "token.issued": _("Made an API token"),
    "token.revoked": _("Revoked an API token"),
    "settings.changed": _("Changed settings"),
    "list.exported": _("Exported a list"),
    "job.cancelled": _("Cancelled a job"),
    "job.retried": _("Ran a job again"),
}
"""Actions in words."""

SUBJECTS: dict[str, Promise | str] = {
    "user": _("User"),
    "role": _("Role"),
    "token": _("API token"),
    "job": _("Job"),
    "customer": _("Customer"),
    "shared_identifier": _("Shared identifier"),
    "shop": _("Shop"),
    "import": _("Import"),
    "segment": _("Segment"),
    "campaign": _("Campaign"),
    "message": _("Message"),
    "suppression": _("Suppression"),
}
"""What actions are done to, in words."""


def _subject(entry: AuditEntry) -> str:
    return f"{SUBJECTS.get(entry.subject_kind, entry.subject_kind)} {entry.subject_id or ''}".strip()


def add_labels(labels: dict[str, Promise | str]) -> None:
    """A room's own actions in words; called from its navigation.py."""
    LABELS.update(labels)


def _about(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """``customer``, or ``customer 5``; the kind as a code or in the words of the page."""
    kind, _space, number = text.replace(":", " ").partition(" ")
    kind = next((code for code, word in SUBJECTS.items() if str(word).casefold() == kind.casefold()), kind)
    rows = rows.filter(subject_kind=kind)
    number = number.strip()
    return rows.filter(subject_id=int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else rows


def _in_words(detail: Any) -> str:
    """``shop: 1 · connector: taobao`` rather than JSON; what is inside another part stands in brackets."""
    if isinstance(detail, dict):
        parts = [
            f"{name.replace('_', ' ')}: " + (f"({_in_words(value)})" if isinstance(value, dict) else _in_words(value))
            for name, value in detail.items()
        ]
        return " · ".join(parts)
    return ", ".join(map(_in_words, detail)) or "–" if isinstance(detail, list) else str(detail)


AUDIT = tables.Table(
    name="audit",
    columns=[
        tables.Column(key="at", label=_("Time"), sort="at"),
        tables.Column(key="actor", label=_("Who"), cell=lambda entry: str(entry.actor) if entry.actor else "Guanxi"),
        tables.Column(
            key="action",
            label=_("Did"),
            cell=lambda entry: str(LABELS.get(entry.action, entry.action)),
            csv="action",
        ),
        tables.Column(
            key="subject",
            label=_("Done to"),
            cell=_subject,
            csv=lambda entry: f"{entry.subject_kind} {entry.subject_id or ''}".strip(),
        ),
        tables.Column(
            key="detail",
            label=_("Details"),
            cell=lambda entry: _in_words(entry.detail),
            csv=lambda entry: json.dumps(entry.detail, ensure_ascii=False) if entry.detail else "",
        ),
        tables.Column(key="address", label=_("From"), shown=False),
    ],
    filters=[
        tables.ChoiceFilter(
            key="actor",
            label=_("Who"),
            choices=lambda: [(user.pk, str(user)) for user in User.objects.order_by("name")[:200]],
        ),
        tables.ChoiceFilter(key="action", label=_("Did"), choices=lambda: sorted(LABELS.items())),
        tables.DateFilter(key="day", label=_("Time"), field="at"),
        tables.TextFilter(key="subject", label=_("To, such as “customer 5”"), apply=_about),
    ],
    default_sort="-at",
    empty=tables.Empty(title=_("Nothing recorded yet"), icon="history"),
)


@requires("core.audit")
def audit_log(request: HttpRequest) -> HttpResponseBase:
    return tables.respond(request, AUDIT, AuditEntry.objects.select_related("actor"), template="core/audit.html")
