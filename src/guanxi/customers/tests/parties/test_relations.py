"""People, companies and households, what they are to each other, through merges and back."""

from typing import Any

import pytest
from django.test import Client

from guanxi.core.testing import signed_in
from guanxi.customers import queries, services
from guanxi.customers.models import Customer, Relation
from guanxi.customers.parties import queries as parties
from guanxi.customers.parties import services as party_services
from guanxi.customers.parties.kinds import Party, RelationKind, Role
from guanxi.customers.parties.services import CannotRelate
from guanxi.customers.services import Pair
from guanxi.customers.testing import NOW, profile
from guanxi.customers.types import MergeKind

pytestmark = pytest.mark.django_db


def make(name: str, party: Party = Party.PERSON, **said: Any) -> int:
    number = services.create_customer(profile(name=name, **said), source="form", country="CN", now=NOW)
    party_services.set_party(number, party, user=None, now=NOW)
    return number


def relate(one: int, other: int, kind: RelationKind, title: str = "") -> int:
    return party_services.relate(one, to_id=other, kind=kind, title=title, user=None, now=NOW)


def merge(kept: int, gone: int) -> int:
    return services.merge([Pair(kept, gone)], kind=MergeKind.HAND, user=None, now=NOW)[0].merge_id


def others(customer_id: int) -> list[tuple[int, str]]:
    return [(one.other.id, one.title) for one in parties.relations_of(customer_id)]


def test_a_contact_is_seen_from_both_ends() -> None:
    ann, firm = make("Ann Invented"), make("Towel Ltd", Party.COMPANY)
    relate(ann, firm, RelationKind.CONTACT_OF, "Buyer")
    assert others(ann) == [(firm, "Buyer")]
    assert others(firm) == [(ann, "Buyer")]
    assert parties.relations_of(ann)[0].other.name == "Towel Ltd"
    assert parties.employers([ann, firm])[ann].company == "Towel Ltd"
    relate(ann, firm, RelationKind.CONTACT_OF, "Head of buying")
    assert others(ann) == [(firm, "Head of buying")]


@pytest.mark.parametrize("kind", [RelationKind.CHILD_OF, RelationKind.MEMBER_OF])
def test_only_the_right_parties_stand_in_a_relation(kind: RelationKind) -> None:
    ann, bo = make("Ann Invented"), make("Bo Invented")
    with pytest.raises(CannotRelate):
        relate(ann, bo, kind)
    with pytest.raises(CannotRelate):
        relate(ann, 10**9, kind)
    assert not Relation.objects.exists()


def test_no_company_belongs_to_itself_however_far_around() -> None:
    firms = [make(f"Firm {letter}", Party.COMPANY) for letter in "ABC"]
    relate(firms[0], firms[1], RelationKind.CHILD_OF)
    relate(firms[1], firms[2], RelationKind.CHILD_OF)
    for above in (firms[0], firms[1], firms[2]):
        with pytest.raises(CannotRelate):
            relate(firms[2] if above != firms[2] else above, above, RelationKind.CHILD_OF)


def test_both_ends_follow_merges_and_go_back() -> None:
    ann, ann2 = make("Ann Invented"), make("Ann I.")
    firm, firm2 = make("Towel Ltd", Party.COMPANY), make("Towel Limited", Party.COMPANY)
    relate(ann2, firm2, RelationKind.CONTACT_OF, "Buyer")
    people, firms = merge(ann, ann2), merge(firm, firm2)
    assert others(ann) == [(firm, "Buyer")]
    assert others(firm) == [(ann, "Buyer")]
    services.undo_merge(people, user=None, now=NOW)
    assert (others(ann), others(ann2)) == ([], [(firm, "Buyer")])
    services.undo_merge(firms, user=None, now=NOW)
    assert (others(firm), others(firm2)) == ([], [(ann2, "Buyer")])
    row = Relation.objects.get()
    assert (row.customer_id, row.origin_customer_id, row.to_id, row.to_origin_id) == (ann2, None, firm2, None)


def test_a_relation_that_two_merged_have_is_told_once_and_one_to_oneself_not_at_all() -> None:
    ann = make("Ann Invented")
    firm, firm2 = make("Towel Ltd", Party.COMPANY), make("Towel Limited", Party.COMPANY)
    relate(ann, firm, RelationKind.CONTACT_OF)
    relate(ann, firm2, RelationKind.CONTACT_OF)
    relate(firm, firm2, RelationKind.CHILD_OF)
    done = merge(firm, firm2)
    assert others(ann) == [(firm, "")]
    assert others(firm) == [(ann, "")]
    services.undo_merge(done, user=None, now=NOW)
    assert sorted(others(ann)) == [(firm, ""), (firm2, "")]


def test_roles_of_merged_customers_are_both_ones_and_part_again() -> None:
    ann, bo = make("Ann Invented"), make("Bo Invented")
    party_services.set_roles(ann, [Role.PARTNER], user=None, now=NOW)
    party_services.set_roles(bo, [Role.DISTRIBUTOR, Role.PARTNER], user=None, now=NOW)
    done = merge(ann, bo)
    assert list(queries.profiles([ann])[0].roles) == ["distributor", "partner"]
    services.undo_merge(done, user=None, now=NOW)
    assert [list(card.roles) for card in queries.profiles([ann, bo])] == [["partner"], ["distributor", "partner"]]


def test_a_company_is_found_by_its_name_and_shown_by_it() -> None:
    firm = make("上海海岸家纺有限公司", Party.COMPANY)
    assert queries.search("海岸家纺") == [firm]
    assert queries.profiles([firm])[0].name == "上海海岸家纺有限公司"


def test_on_the_page_a_company_is_made_tied_and_taken_away(client: Client) -> None:
    ann = make("Ann Invented", phone="15400012345")
    signed_in(client)
    page = client.get(f"/customers/{ann}/relate/").content.decode()
    assert "Works at" in page and "Companies of it" not in page
    made = {"way": "contact_of.out", "text": "Towel Ltd", "title": "Buyer", "make": "yes"}
    client.post(f"/customers/{ann}/relate/", made)
    firm = Customer.objects.get(party="company")
    shown = client.get(f"/customers/{ann}/").content.decode()
    assert "Towel Ltd" in shown and "Buyer" in shown
    hits = client.post(f"/customers/{firm.pk}/relate/", {"way": "contact_of.in", "text": "15400012345"})
    assert f'name="other" value="{ann}"' in hits.content.decode()
    (relation,) = Relation.objects.all()
    client.post(f"/customers/{firm.pk}/relations/{relation.pk}/part/")
    assert not Relation.objects.exists()
    assert client.post(f"/customers/{firm.pk}/relations/{relation.pk}/part/").status_code == 404


def test_a_company_with_roles_is_entered_in_the_form_and_changed(client: Client) -> None:
    signed_in(client)
    client.post("/customers/new/", {"name": "Towel Ltd", "party": "company", "roles": ["supplier"], "country": "CN"})
    firm = Customer.objects.get()
    assert (firm.party, firm.roles) == ("company", ["supplier"])
    client.post(f"/customers/{firm.pk}/edit/", {"party": "company", "roles": ["retailer"], "country": "CN"})
    firm.refresh_from_db()
    assert firm.roles == ["retailer"]
