"""Who of the staff looks after a customer."""

from datetime import timedelta

import pytest

from guanxi.core import events
from guanxi.core.models import AuditEntry
from guanxi.core.testing import make_user
from guanxi.customers import queries, services
from guanxi.customers.models import Customer
from guanxi.customers.services import Pair, UnknownOwner
from guanxi.customers.testing import NOW, customers
from guanxi.customers.types import MergeKind

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def assign(ids, owner, now=NOW):
    return services.assign(ids, owner_id=owner and owner.pk, user=None, now=now)


def owner_of(*ids):
    return [card.owner_id for card in queries.profiles(ids)]


def test_each_change_of_hands_is_in_the_history_and_no_other():
    ann, bob = make_user(role="sales"), make_user(role="sales")
    one, two = customers(2)
    assert assign([one, two], ann) == 2
    assert assign([one, two], ann) == 0
    assert assign([one], bob, LATER) == 1
    assert assign([one], None, LATER + timedelta(days=1)) == 1

    assert owner_of(one, two) == [None, ann.pk]
    told = [row.data for row in events.timeline(customer_id=one) if row.kind == "customer.owner_changed"]
    assert told == [
        {"from_owner": bob.pk, "to_owner": None},
        {"from_owner": ann.pk, "to_owner": bob.pk},
        {"from_owner": None, "to_owner": ann.pk},
    ]
    assert AuditEntry.objects.filter(action="customer.assigned").count() == 3
    assert services.owned_counts() == {ann.pk: 1}


def test_only_someone_who_may_sign_in_can_be_an_owner():
    (one,) = customers(1)
    gone = make_user()
    gone.is_active = False
    gone.save()
    for number in (gone.pk, 10**9):
        with pytest.raises(UnknownOwner):
            services.assign([one], owner_id=number, user=None, now=NOW)
    for text in ("", "x", "-1", "9" * 30):
        with pytest.raises(UnknownOwner):
            services.owner_from(text)
    assert owner_of(one) == [None]


def test_who_stays_in_a_merge_keeps_the_owner_and_undoing_gives_each_their_own():
    ann, bob, cid = (make_user(role="sales") for _ in range(3))
    one, two = customers(2)
    assign([one], ann)
    assign([two], bob)
    (done,) = services.merge([Pair(one, two)], kind=MergeKind.HAND, user=None, now=NOW)
    assert owner_of(one) == [ann.pk]
    assert assign([two], cid, LATER) == 1  # of a merged customer the one it is now is meant
    assert owner_of(one) == [cid.pk]

    services.undo_merge(done.merge_id, user=None, now=LATER)
    assert owner_of(one, two) == [cid.pk, bob.pk]


def test_a_leavers_customers_go_over_in_one_go_those_under_a_merge_too(django_assert_max_num_queries):
    ann, bob = make_user(role="sales"), make_user(role="sales")
    people = customers(50)
    assign(people, ann)
    (done,) = services.merge([Pair(people[0], people[1])], kind=MergeKind.HAND, user=None, now=NOW)
    with django_assert_max_num_queries(8):
        assert services.hand_over(ann.pk, owner_id=bob.pk, user=None, now=LATER) == 49
    services.undo_merge(done.merge_id, user=None, now=LATER)
    assert services.owned_counts() == {bob.pk: 50}
    assert not Customer.objects.filter(owner_id=ann.pk).exists()
    assert AuditEntry.objects.get(action="customer.handed_over").detail == {
        "from": ann.pk,
        "to": bob.pk,
        "customers": 49,
    }


def test_the_erased_get_no_owner():
    (one,) = customers(1)
    services.erase(one, user=None, now=NOW)
    assert assign([one], make_user(), LATER) == 0
