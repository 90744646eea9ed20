"""Merges, undoings and news in any order leave what a plain model of the same life leaves."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.customers import services
from guanxi.customers.models import Customer, CustomerTag, Identifier, OwnProfile
from guanxi.customers.services import CannotMerge, Pair
from guanxi.customers.testing import NOW, profile
from guanxi.customers.types import MergeKind

PEOPLE = 5
CITIES = ["", "Hangzhou", "Ningbo", "Wuxi"]
GENDERS = ["", "female", "male"]
person = st.integers(0, PEOPLE - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), person, person, st.sampled_from([{}, {"city": "gone"}, {"gender": "kept"}])),
        st.tuples(st.just("undo"), st.integers(0, 30)),
        st.tuples(st.just("news"), person, st.sampled_from(CITIES), st.sampled_from(GENDERS)),
        st.tuples(st.just("tag"), person, st.sampled_from(["a", "b"])),
    ),
    max_size=25,
)


class Model:
    """Each person's own fields and tags, and the merges that hold, as (number, kept, gone, choices)."""

    def __init__(self):
        self.own = [{"city": "", "gender": ""} for _ in range(PEOPLE)]
        self.tags = set()
        self.merges = []

    def top(self, one):
        while above := [kept for _number, kept, gone, _choices in self.merges if gone == one]:
            one = above[0]
        return one

    def together(self, one):
        said = dict(self.own[one])
        for _number, kept, gone, choices in sorted(self.merges, key=lambda merge: merge[0]):
            if kept != one:
                continue
            theirs = self.together(gone)
            taken = {
                field for field, value in said.items() if choices.get(field, "kept" if value else "gone") == "gone"
            }
            said |= {field: theirs[field] for field in taken}
        return said


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(steps=steps)
def test_any_order_of_merges_and_undoings(steps):
    with transaction.atomic():
        _live(steps)
        transaction.set_rollback(True)


def _live(steps):
    found = services.resolve(
        [_seen(one) for one in range(PEOPLE)], shop_id=1, source="test", country="CN", now=NOW
    ).resolutions
    ids = [one.customer_id for one in found]
    model, done = Model(), []
    for number, (kind, *of_it) in enumerate(steps, 1):
        now = NOW + timedelta(minutes=number)
        if kind == "merge":
            kept, gone = model.top(of_it[0]), model.top(of_it[1])
            pair = Pair(ids[of_it[0]], ids[of_it[1]], of_it[2])
            if kept == gone:
                with pytest.raises(CannotMerge):
                    services.merge([pair], kind=MergeKind.HAND, user=None, now=now)
                continue
            (merged,) = services.merge([pair], kind=MergeKind.HAND, user=None, now=now)
            model.merges.append((number, kept, gone, of_it[2]))
            done.append((merged.merge_id, number))
        elif kind == "undo" and done:
            merge_id, of = done.pop(of_it[0] % len(done))
            services.undo_merge(merge_id, user=None, now=now)
            model.merges = [merge for merge in model.merges if merge[0] != of]
        elif kind == "news":
            who, city, gender = of_it
            services.resolve([_seen(who, city=city, gender=gender)], shop_id=1, source="test", country="CN", now=now)
            model.own[who] |= {field: said for field, said in (("city", city), ("gender", gender)) if said}
        elif kind == "tag":
            services.tag([ids[of_it[0]]], [of_it[1]], now=now)
            model.tags.add((of_it[0], of_it[1]))
        _agree(model, ids)
    for merge_id, _number in done:  # the oldest first: none of them is at the top any more
        services.undo_merge(merge_id, user=None, now=NOW + timedelta(days=1))
    model.merges = []
    _agree(model, ids)
    assert not OwnProfile.objects.exists()


def _seen(one, **said):
    return profile(phone=f"1391234567{one}", **said)


def _agree(model, ids):
    rows = {row.pk: row for row in Customer.objects.filter(pk__in=ids)}
    owners = {row.value: (row.customer_id, row.origin_customer_id) for row in Identifier.objects.all()}
    tags = {}
    for customer, origin, name in CustomerTag.objects.values_list("customer_id", "origin_customer_id", "tag__name"):
        tags[ids.index(origin or customer), name] = ids.index(customer)
    for one in range(PEOPLE):
        top = model.top(one)
        assert rows[ids[one]].merged_into == (None if top == one else ids[top])
        assert {"city": rows[ids[one]].city, "gender": rows[ids[one]].gender} == model.together(one)
        assert owners[f"+861391234567{one}"] == (ids[top], None if top == one else ids[one])
    assert tags == {(one, name): model.top(one) for one, name in model.tags}
