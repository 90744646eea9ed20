"""What pages and the API do to parties."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from guanxi.core import audit
from guanxi.core.models import User
from guanxi.customers.following import only_writer
from guanxi.customers.models import Customer
from guanxi.customers.parties import companies, roles
from guanxi.customers.parties.kinds import Party, Role
from guanxi.customers.parties.relations import CannotRelate, part, relate

__all__ = ["CannotRelate", "part", "relate", "set_party", "set_roles"]


def set_party(customer_id: int, party: Party, *, user: User | None, now: datetime) -> None:
    """Say what a customer is. A company is found by its name from now on."""
    with transaction.atomic():
        only_writer()
        customer = Customer.objects.select_for_update().get(pk=customer_id, erased_at=None)
        if customer.party == party:
            return
        companies.become([customer_id], party)
        companies.forget([customer_id])
        if party == Party.COMPANY and customer.name:
            companies.name(customer_id, customer.name)
        audit.record(
            "customer.changed", actor=user, subject=("customer", customer_id), detail={"fields": ["party"]}, now=now
        )


def set_roles(customer_id: int, given: Collection[Role], *, user: User | None, now: datetime) -> None:
    """A customer has these roles and no others; none means consumer."""
    with transaction.atomic():
        only_writer()
        before = set(Customer.objects.values_list("roles", flat=True).get(pk=customer_id))
        if before == {role.value for role in given}:
            return
        roles.replace(customer_id, [role.value for role in given])
        audit.record(
            "customer.changed", actor=user, subject=("customer", customer_id), detail={"fields": ["roles"]}, now=now
        )
