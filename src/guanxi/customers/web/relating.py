"""Tying a customer to another on its page: search for the other, or make it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.core import audit
from guanxi.core.permissions import actor, requires
from guanxi.customers import queries, services
from guanxi.customers.parties import services as parties
from guanxi.customers.parties.kinds import ENDS, Party, RelationKind
from guanxi.customers.parties.queries import WORDS
from guanxi.customers.parties.services import CannotRelate
from guanxi.customers.types import CustomerCard, IncomingProfile


@dataclass(frozen=True, slots=True)
class Way:
    """One relation that a customer can stand in, from its side."""

    name: str
    """``contact_of.out``: the kind, and whether the other end is what this one belongs to."""
    label: Promise
    kind: RelationKind
    outward: bool
    party: Party
    """What the other is."""


def ways(party: str) -> list[Way]:
    """The relations that a person, company or household can stand in."""
    found = []
    for kind, (whose, of) in ENDS.items():
        if party in whose:
            found.append(Way(f"{kind.value}.out", WORDS[kind, True], kind, True, of))
        if party == of:
            found.append(Way(f"{kind.value}.in", WORDS[kind, False], kind, False, min(whose)))
    return found


def _card(customer_id: int) -> CustomerCard:
    found = queries.profiles([customer_id])
    if not found or found[0].erased or found[0].merged_into:
        raise Http404(_("There is no such customer."))
    return found[0]


@requires("customers.edit")
def relate(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """Search for the other (the text is posted, because it may be a phone number), choose it or make it."""
    card = _card(customer_id)
    choices = ways(card.party)
    asked = request.POST.get("way") or request.GET.get("way", "")
    way = next((one for one in choices if one.name == asked), choices[0])
    text = " ".join(request.POST.get("text", "").split())[:200]
    title = request.POST.get("title", "").strip()[:120]
    problem = ""
    if request.method == "POST" and (request.POST.get("other") or request.POST.get("make")):
        try:
            _tie(request, card, way, text=text, title=title)
        except (CannotRelate, services.BadField) as error:
            problem = str(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:page", card.id)
    found = queries.profiles([one for one in queries.search(text) if one != card.id]) if text else []
    context: dict[str, Any] = {
        "card": card,
        "ways": choices,
        "way": way,
        "party": way.party.label,
        "text": text,
        "title": title,
        "found": [one for one in found if one.party == way.party],
        "problem": problem,
    }
    return render(request, "customers/relate.html", context)


def _tie(request: HttpRequest, card: CustomerCard, way: Way, *, text: str, title: str) -> None:
    """Raises CannotRelate, BadField."""
    now, user = timezone.now(), actor(request)
    with transaction.atomic():
        other = request.POST.get("other", "")
        number = int(other) if other.isascii() and other.isdigit() and len(other) < 19 else 0
        if request.POST.get("make"):
            number = services.create_customer(
                IncomingProfile(name=text), source="form", country=card.country or "CN", now=now
            )
            parties.set_party(number, way.party, user=user, now=now)
            audit.record("customer.created", actor=user, subject=("customer", number), request=request)
        whose, of = (card.id, number) if way.outward else (number, card.id)
        parties.relate(whose, to_id=of, kind=way.kind, title=title, user=user, now=now)


@requires("customers.edit")
@require_POST
def part(request: HttpRequest, customer_id: int, relation_id: int) -> HttpResponseBase:
    """Take a relation of this customer away."""
    if not parties.part(relation_id, customer_id=customer_id, user=actor(request), now=timezone.now()):
        raise Http404
    messages.success(request, _("Removed."))
    return redirect("customers:page", customer_id)
