"""Making and changing the fields themselves. A field's key, kind and whether it is personal never change."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.core import audit
from guanxi.core.bulk import one_writer, storable
from guanxi.core.models import User
from guanxi.customers.fields import queries
from guanxi.customers.fields.kinds import KINDS
from guanxi.customers.models import CustomField, FieldChoice

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED = frozenset({"size", "first", "last"})
"""Of anything in a template Liquid gives these itself."""
MOST_FIELDS = 100
MOST_CHOICES = 200
LONGEST_LABEL = 80
LONGEST_HELP = 200


class BadDefinition(ValueError):
    """The field cannot be like this; the message is for people."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part = part
        """``key``, ``label``, ``kind``, ``personal``, ``choices``."""


@dataclass
class ChoicesInUse(Exception):
    """Choices that are to go are some customers' answers."""

    customers: Mapping[str, int]
    """By the choice's label."""

    def __str__(self) -> str:
        parts = [
            ngettext("%(label)s (%(count)d customer)", "%(label)s (%(count)d customers)", count)
            % {"label": label, "count": count}
            for label, count in self.customers.items()
        ]
        return _("In use: %(choices)s.") % {"choices": ", ".join(parts)}


def define(
    *,
    key: str,
    label: str,
    kind: str,
    now: datetime,
    user: User | None = None,
    help_text: str = "",
    personal: bool = False,
    choices: Sequence[str] = (),
) -> int:
    """A new field, the last in the order. Gives its number. Raises BadDefinition."""
    if not KEY.fullmatch(key):
        raise BadDefinition(
            "key", _("A key begins with a letter and has at most 40 small letters, digits and underscores.")
        )
    if key in RESERVED:
        raise BadDefinition("key", _("Templates use %(key)s for something else; choose another key.") % {"key": key})
    if kind not in KINDS:
        raise BadDefinition("kind", _("Choose a kind."))
    if personal and not KINDS.get(kind).may_be_personal:
        raise BadDefinition("personal", _("Only a text can be personal."))
    labels = _labels(choices)
    if kind == "choice" and not labels:
        raise BadDefinition("choices", _("Give at least one choice."))
    with transaction.atomic():
        one_writer("customer fields")
        if CustomField.objects.filter(key=key).exists():
            raise BadDefinition("key", _("Another field has this key; it may be in the archive."))
        if CustomField.objects.count() >= MOST_FIELDS:
            raise BadDefinition("key", _("There are %(limit)d fields already.") % {"limit": MOST_FIELDS})
        last = CustomField.objects.aggregate(last=Max("position"))["last"]
        field = CustomField.objects.create(
            key=key,
            label=_label(label),
            kind=kind,
            help_text=_short(help_text, LONGEST_HELP),
            personal=personal,
            position=0 if last is None else last + 1,
        )
        if kind == "choice":
            _add_choices(field, labels)
        audit.record("field.created", actor=user, subject=("field", field.pk), detail={"key": key}, now=now)
    return field.pk


def change(
    field_id: int,
    *,
    label: str,
    now: datetime,
    user: User | None = None,
    help_text: str = "",
    choices: Mapping[int, str] | None = None,
    new_choices: Sequence[str] = (),
    drop_in_use: bool = False,
) -> None:
    """Rename a field or its choices, add choices, and drop those with an empty name.

    ``choices`` gives names by number; those not in it stay. A choice that customers have is dropped only with
    ``drop_in_use``: they keep it, and nobody gets it any more. Raises BadDefinition, ChoicesInUse, and
    CustomField.DoesNotExist.
    """
    with transaction.atomic():
        one_writer("customer fields")
        field = CustomField.objects.select_for_update().get(pk=field_id)
        field.label, field.help_text = _label(label), _short(help_text, LONGEST_HELP)
        field.save(update_fields=["label", "help_text"])
        if field.kind == "choice":
            _change_choices(field, choices or {}, _labels(new_choices), drop_in_use=drop_in_use, now=now)
        audit.record("field.changed", actor=user, subject=("field", field.pk), detail={"key": field.key}, now=now)


def move(field_id: int, *, up: bool) -> None:
    """Exchange a field's place with that of the one before or behind it among those in use."""
    with transaction.atomic():
        one_writer("customer fields")
        order = list(CustomField.objects.filter(archived_at=None).order_by("position", "pk"))
        here = next((number for number, one in enumerate(order) if one.pk == field_id), None)
        there = None if here is None else here - 1 if up else here + 1
        if here is None or there is None or not 0 <= there < len(order):
            return
        order[here], order[there] = order[there], order[here]
        for number, one in enumerate(order):
            one.position = number
        CustomField.objects.bulk_update(order, ["position"])


def archive(field_id: int, *, now: datetime, user: User | None = None) -> None:
    """Put a field away: it shows nowhere and takes no values; those it has stay. Segments that ask for it still can."""
    _set_archived(field_id, now, "field.archived", user, now)


def bring_back(field_id: int, *, now: datetime, user: User | None = None) -> None:
    """Take a field out of the archive, with the values it had."""
    _set_archived(field_id, None, "field.restored", user, now)


def _set_archived(field_id: int, at: datetime | None, action: str, user: User | None, now: datetime) -> None:
    with transaction.atomic():
        if CustomField.objects.filter(pk=field_id, archived_at__isnull=at is not None).update(archived_at=at):
            audit.record(action, actor=user, subject=("field", field_id), now=now)


def _change_choices(
    field: CustomField, named: Mapping[int, str], new: Sequence[str], *, drop_in_use: bool, now: datetime
) -> None:
    rows = {row.pk: row for row in FieldChoice.objects.filter(field=field)}
    wanted = {number: _short(text, LONGEST_LABEL) for number, text in named.items() if number in rows}
    gone = {number for number, text in wanted.items() if not text and rows[number].dropped_at is None}
    used = {number: count for number, count in queries.option_counts(field.pk).items() if number in gone}
    if used and not drop_in_use:
        raise ChoicesInUse({rows[number].label: count for number, count in used.items()})
    kept = {number: row for number, row in rows.items() if number not in gone}
    if not new and not any(row.dropped_at is None for row in kept.values()):
        raise BadDefinition("choices", _("Give at least one choice."))
    labels = [wanted.get(number) or row.label for number, row in rows.items() if number not in gone - used.keys()]
    if len({one.casefold() for one in labels}) < len(labels):
        raise BadDefinition("choices", _("Two choices have the same name."))
    FieldChoice.objects.filter(pk__in=gone - used.keys()).delete()
    FieldChoice.objects.filter(pk__in=used).update(dropped_at=now)
    renamed = [row for number, row in kept.items() if wanted.get(number) and wanted[number] != row.label]
    for row in renamed:  # over names in between, so that two can exchange theirs
        row.label = f"\x1f{row.pk}"
    FieldChoice.objects.bulk_update(renamed, ["label"])
    for row in renamed:
        row.label = wanted[row.pk]
    FieldChoice.objects.bulk_update(renamed, ["label"])
    _add_choices(field, new)


def _add_choices(field: CustomField, labels: Sequence[str]) -> None:
    """Those there are already stay, those that were dropped come back."""
    rows = {row.label.casefold(): row for row in FieldChoice.objects.filter(field=field)}
    if len(rows) + len(labels) > MOST_CHOICES:
        raise BadDefinition("choices", _("At most %(limit)d choices.") % {"limit": MOST_CHOICES})
    back = [rows[label.casefold()].pk for label in labels if label.casefold() in rows]
    FieldChoice.objects.filter(pk__in=back).update(dropped_at=None)
    begin = max((row.position for row in rows.values()), default=-1) + 1
    fresh = [label for label in labels if label.casefold() not in rows]
    FieldChoice.objects.bulk_create(
        FieldChoice(field=field, label=label, position=begin + number) for number, label in enumerate(fresh)
    )


def _labels(given: Sequence[str]) -> list[str]:
    """Names without blanks around them, each once."""
    cleaned = [_short(text, LONGEST_LABEL) for text in given]
    return list({text.casefold(): text for text in cleaned if text}.values())


def _label(text: str) -> str:
    label = _short(text, LONGEST_LABEL)
    if not label:
        raise BadDefinition("label", _("Give the field a name."))
    return label


def _short(text: str, limit: int) -> str:
    return " ".join(storable(text).split())[:limit].strip()
