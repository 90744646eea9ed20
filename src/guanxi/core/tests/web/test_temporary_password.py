"""A password that an administrator handed over opens one page only: the one where its new owner chooses another."""

import pytest
from django.test import Client

from guanxi.core import staff
from guanxi.core.models import User
from guanxi.core.testing import make_role, make_user

pytestmark = pytest.mark.django_db
CHANGE = "/account/password/change/"


def a_newcomer() -> tuple[User, str]:
    return staff.create_user(email="ning@shop.example", name="Ning", roles=[make_role("analyst")], by=make_user())


def sign_in(client: Client, person: User, password: str) -> None:
    answer = client.post("/account/login/", {"login": person.email, "password": password})
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/")


def test_nothing_opens_before_a_password_of_ones_own(client: Client) -> None:
    person, given = a_newcomer()
    sign_in(client, person, given)
    answer = client.get("/", follow=True)
    assert answer.redirect_chain == [(CHANGE, 302)]
    assert "Choose a password of your own first" in answer.content.decode()
    assert client.post("/settings/language/", {"language": "zh-hans", "next": "/"}).status_code == 302

    chosen = {"oldpassword": given, "password1": "green-kettle-77", "password2": "green-kettle-77"}
    client.post("/settings/language/", {"language": "en", "next": "/"})
    assert client.post(CHANGE, chosen).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert not User.objects.get(pk=person.pk).password_is_temporary


def test_one_that_was_set_anew_has_to_be_changed_again(client: Client) -> None:
    person, given = a_newcomer()
    User.objects.filter(pk=person.pk).update(password_is_temporary=False)
    given = staff.set_temporary_password(person, by=make_user())
    sign_in(client, person, given)
    assert client.get("/settings/profile/").headers["Location"] == CHANGE
