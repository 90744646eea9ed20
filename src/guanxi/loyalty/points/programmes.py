"""Which programme holds for a shop, and what it says; read once for each batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from guanxi.loyalty.models import PointsProgramme, ProgrammeShop
from guanxi.loyalty.points.types import NoProgramme, NoSuch


@dataclass(frozen=True, slots=True)
class Scope:
    """An active programme and its shops."""

    programme: PointsProgramme
    shop_ids: Sequence[int]
    """Its own; of the default one those that are NOT its."""

    @property
    def condition(self) -> str:
        """On a column ``shop_id``, with the parameter ``shops``."""
        return (
            "shop_id <> ALL(%(shops)s::bigint[])" if self.programme.is_default else "shop_id = ANY(%(shops)s::bigint[])"
        )


def active() -> list[Scope]:
    """Every programme in which points are earned now, with its rules."""
    programmes = PointsProgramme.objects.filter(active=True).prefetch_related("rules").order_by("pk")
    shops = list(ProgrammeShop.objects.values_list("programme_id", "shop_id"))
    return [Scope(one, [shop for owner, shop in shops if one.is_default or owner == one.pk]) for one in programmes]


def default(*, now: datetime) -> PointsProgramme:
    """The programme for all shops that no other names; made, and not active, when there is none yet."""
    found = PointsProgramme.objects.filter(is_default=True).first()
    if found:
        return found
    try:
        with transaction.atomic():
            return PointsProgramme.objects.create(
                name=_("Points"), is_default=True, starts_at=now, created_at=now, updated_at=now
            )
    except IntegrityError:
        return PointsProgramme.objects.get(is_default=True)


def of_shop(shop_id: int | None) -> PointsProgramme:
    """The active programme of a shop; of no shop the default one. Raises NoProgramme."""
    wanted = Q(is_default=True) if shop_id is None else Q(is_default=True) | Q(shops__shop_id=shop_id)
    found = PointsProgramme.objects.filter(wanted).order_by("is_default").first()
    if found is None or not found.active:
        raise NoProgramme(_("Customers of this shop do not earn or spend points."))
    return found


def one(programme_id: int) -> PointsProgramme:
    """Raises NoSuch."""
    found = PointsProgramme.objects.filter(pk=programme_id).first()
    if found is None:
        raise NoSuch(_("There is no such programme."))
    return found
