"""What pages and the API tell of merges: never personal data but masked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from guanxi.customers import following, masking
from guanxi.customers.merging.forest import FIELDS
from guanxi.customers.merging.suggestions import words
from guanxi.customers.models import Customer, Merge

MASKS = {
    "name": masking.name,
    "phone": masking.phone,
    "email": masking.email,
    "address": masking.address,
    "gender": lambda code: str({"female": _("Female"), "male": _("Male")}.get(code, code)),
    "birth_date": lambda text: text[:4] + text[4:].translate(str.maketrans("0123456789", "**********")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCard:
    """One entry of the log."""

    id: int
    kept_id: int
    gone_id: int
    kind: str
    reasons: Sequence[str]
    """Sentences."""
    certainty: float | None
    by: str
    at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two customers to be compared."""

    id: int
    follows: Mapping[str, int]
    """How many rows would follow, by table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field of two customers."""

    field: str
    kept: str
    gone: str
    same: bool
    """Equal in full, or empty on both sides."""
    stands: str
    """``kept`` or ``gone``: whose value stands when nobody chooses."""


def merges_of(customer_id: int) -> list[MergeCard]:
    """The merges that made this customer what it is, the newest first."""
    gone = Customer.objects.filter(merged_into=customer_id).values("pk")
    rows = Merge.objects.filter(gone_id__in=gone, undone_at=None).select_related("by")
    return [_card(row) for row in rows.order_by("-pk")]


def _card(row: Merge) -> MergeCard:
    return MergeCard(
        id=row.pk,
        kept_id=row.kept_id,
        gone_id=row.gone_id,
        kind=row.kind,
        reasons=words(row.reasons),
        certainty=row.certainty,
        by=str(row.by) if row.by else "",
        at=row.at,
        undone_at=row.undone_at,
    )


def compare(kept_id: int, gone_id: int) -> tuple[Side, Side, list[Difference]] | None:
    """Two customers side by side; None when one is not there, erased, merged away, or they are one."""
    rows = Customer.objects.filter(Q(pk=kept_id) | Q(pk=gone_id), erased_at=None, merged_into=None).in_bulk()
    if len(rows) < 2:
        return None
    kept, gone = rows[kept_id], rows[gone_id]
    sides = [Side(id=row.pk, follows=following.count(row.pk)) for row in (kept, gone)]
    return sides[0], sides[1], [_difference(field, kept, gone) for field in FIELDS]


def _difference(field: str, kept: Customer, gone: Customer) -> Difference:
    ours, theirs = getattr(kept, field), getattr(gone, field)
    return Difference(
        field=field,
        kept=_shown(kept, field),
        gone=_shown(gone, field),
        same=ours == theirs,
        stands="gone" if theirs and not ours else "kept",
    )


def _shown(row: Customer, field: str) -> str:
    value = getattr(row, field)
    return MASKS[field](value) if value and field in MASKS else value


def log(*, limit: int, before_id: int | None = None) -> list[MergeCard]:
    """Merges, the newest first, undone ones too."""
    rows = Merge.objects.select_related("by").order_by("-pk")
    return [_card(row) for row in (rows if before_id is None else rows.filter(pk__lt=before_id))[:limit]]
