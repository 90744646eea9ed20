"""Splitting by hand: one customer that is two people, and was never merged, so that nothing can be undone."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guanxi.core import audit, bulk, events
from guanxi.core.models import User
from guanxi.customers import profiles
from guanxi.customers.candidates import candidate
from guanxi.customers.events import CustomerSplit
from guanxi.customers.following import only_writer
from guanxi.customers.merging import suggestions
from guanxi.customers.merging.log import keep_edits
from guanxi.customers.models import Customer, Identifier
from guanxi.customers.types import IdentifierKind, IncomingIdentifier, IncomingProfile

CONTACT_FIELDS = {IdentifierKind.PHONE.value: "phone", IdentifierKind.EMAIL.value: "email"}


class CannotSplit(ValueError):
    """This customer cannot be split so; the message is for people."""


def split(
    customer_id: int,
    *,
    identifier_ids: Collection[int],
    name: str = "",
    user: User | None,
    now: datetime,
    request: HttpRequest | None = None,
) -> int:
    """Make another customer of some identifiers of one. Returns the new one's number.

    What comes in from now on by these identifiers is the new customer's. Phone and e-mail in the old one's profile give
    way to one that is left. The two are not suggested to be one again. Merging them takes the split back.
    Raises CannotSplit when the customer is not there, was erased or merged away, or has none of the identifiers.
    """
    with transaction.atomic():
        only_writer()
        customer = Customer.objects.select_for_update().filter(pk=customer_id, erased_at=None, merged_into=None).first()
        if customer is None:
            raise CannotSplit(_("There is no customer no. %(number)d.") % {"number": customer_id})
        moving = list(Identifier.objects.filter(pk__in=list(identifier_ids), customer_id=customer_id).order_by("pk"))
        if not moving or len(moving) < len(set(identifier_ids)):
            raise CannotSplit(_("Choose what the other person is known by, of what this customer is known by."))
        (new,) = bulk.reserve_ids("customers_customer", 1)
        person = candidate(_profile(moving, name), shop_id=0, country="", seen_at=now)
        profiles.create({new: [person]}, shop_id=None, source="split", now=now)
        Identifier.objects.filter(pk__in=[row.pk for row in moving]).update(customer_id=new, origin_customer_id=None)
        _give_way(customer, {row.value for row in moving}, now=now)
        suggestions.dismiss_pair(customer_id, new, user=user, now=now)
        both = ((customer_id, new), (new, customer_id))
        events.publish(
            [CustomerSplit(customer_id=one, subject_id=other, occurred_at=now) for one, other in both], now=now
        )
        audit.record(
            "customer.split",
            actor=user,
            subject=("customer", customer_id),
            detail={"new": new, "identifiers": len(moving)},
            request=request,
            now=now,
        )
    return new


def _profile(moving: Collection[Identifier], name: str) -> IncomingProfile:
    contacts = [IncomingIdentifier(IdentifierKind(row.kind), row.value) for row in moving if row.kind in CONTACT_FIELDS]
    return IncomingProfile(identifiers=contacts, name=name)


def _give_way(customer: Customer, gone: Collection[str], *, now: datetime) -> None:
    """Phone and e-mail that are the other's now are no longer this one's."""
    edited = []
    for kind, field in CONTACT_FIELDS.items():
        if getattr(customer, field) in gone:
            left = (
                Identifier.objects.filter(customer_id=customer.pk, kind=kind).order_by("-last_seen_at", "-pk").first()
            )
            setattr(customer, field, left.value if left else "")
            edited.append(field)
    if edited:
        profiles.write(customer, now=now)
        keep_edits(customer.pk, edited)
