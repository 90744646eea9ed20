"""Signing in and out, the second step, and what a stranger sees."""

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from guanxi.core.models import AuditEntry, User
from guanxi.core.testing import PASSWORD, make_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick_sign_in(settings):
    settings.LOGIN_REDIRECT_URL = "/"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str):
    return client.post("/account/login/", {"login": user.email, "password": password, **more})


def test_right_password_signs_in_and_is_recorded(client):
    user = make_user()
    response = sign_in(client, user)
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)
    entry = AuditEntry.objects.get(action="user.signed_in")
    assert (entry.actor_id, entry.subject_id, entry.address) == (user.pk, user.pk, "127.0.0.1")


def test_wrong_password_says_so_and_signs_nobody_in(client):
    response = sign_in(client, make_user(), "not-the-one")
    assert response.status_code == 200
    assert b"invalid-feedback" in response.content or b"alert-danger" in response.content
    assert "_auth_user_id" not in client.session


def test_someone_switched_off_cannot_sign_in(client):
    user = make_user()
    User.objects.filter(pk=user.pk).update(is_active=False)
    sign_in(client, user)
    assert "_auth_user_id" not in client.session


def test_someone_switched_off_is_out_at_once(client):
    user = signed_in(client)
    assert client.get("/settings/profile/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/settings/profile/").status_code == 302


def test_too_many_wrong_passwords_close_this_address_only(client):
    attacked, other = make_user(), make_user()
    for _attempt in range(8):
        response = sign_in(client, attacked, "not-the-one")
    assert response.status_code == 429
    assert b"Too many attempts" in response.content
    assert sign_in(client, attacked).status_code == 429
    assert sign_in(client, other).status_code == 302


@pytest.mark.parametrize(
    ("target", "reached"),
    [("/settings/profile/", "/settings/profile/"), ("https://evil.example/", "/"), ("//evil.example/x", "/")],
)
def test_next_leads_only_to_our_own_pages(client, target, reached):
    response = sign_in(client, make_user(), next=target)
    assert response.headers["Location"] == reached


def test_strangers_are_sent_to_sign_in_and_back(client):
    response = client.get("/settings/profile/?x=1")
    assert response.status_code == 302
    assert response.headers["Location"] == "/account/login/?next=/settings/profile/%3Fx%3D1"


def test_a_session_that_ended_under_an_open_page_leads_to_sign_in(client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/settings/users/?q=a"}
    response = client.get("/settings/users/?q=a&page=2", headers=headers)
    assert response.status_code == 200
    assert response.headers["HX-Redirect"] == "/account/login/?next=%2Fsettings%2Fusers%2F%3Fq%3Da"
    assert response.content == b""


def test_signing_out_takes_a_post(client):
    signed_in(client)
    assert client.get("/account/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    client.post("/account/logout/")
    assert "_auth_user_id" not in client.session


def test_sign_up_is_closed(client):
    response = client.get("/account/signup/")
    assert b"Ask your administrator" in response.content
    client.post("/account/signup/", {"email": "new@shop.example", "password1": PASSWORD})
    assert not User.objects.filter(email="new@shop.example").exists()
    assert client.get("/account/password/reset/").status_code == 404


def test_password_change(client):
    user = make_user()
    sign_in(client, user)
    new = "green-kettle-77"
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    user.refresh_from_db()
    assert user.check_password(new)


def confirm_again(client: Client) -> None:
    client.post("/account/reauthenticate/", {"password": PASSWORD})


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_second_step_set_up_then_asked_for(client):
    user = make_user()
    sign_in(client, user)
    confirm_again(client)
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret
    assert client.post("/account/2fa/totp/activate/", {"code": code_for(secret)}).status_code == 302
    assert b"Signing in asks for a code" in client.get("/account/2fa/").content
    client.post("/account/logout/")

    first = sign_in(client, user)
    assert first.headers["Location"] == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.get("/account/2fa/authenticate/").status_code == 200
    client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in client.session
    codes = user.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()
    assert client.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)
    assert len(user.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()) == len(codes) - 1


def test_asked_for_the_password_again_before_the_second_step_is_touched(client):
    sign_in(client, make_user())
    asked = client.get("/account/2fa/totp/activate/")
    assert asked.headers["Location"] == "/account/reauthenticate/?next=%2Faccount%2F2fa%2Ftotp%2Factivate%2F"
    assert client.post(asked.headers["Location"], {"password": "not-the-one"}).status_code == 200
    confirmed = client.post(asked.headers["Location"], {"password": PASSWORD})
    assert confirmed.headers["Location"] == "/account/2fa/totp/activate/"


def test_language_for_strangers_and_for_people(client):
    client.post("/settings/language/", {"language": "zh-hant", "next": "/account/login/"})
    assert 'lang="zh-hant"' in client.get("/account/login/").content.decode()
    user = signed_in(client)
    response = client.post("/settings/language/", {"language": "zh-hans", "next": "//evil.example/"})
    assert response.headers["Location"] == "/"
    user.refresh_from_db()
    assert user.language == "zh-hans"
    client.post("/settings/language/", {"language": "xx"})
    user.refresh_from_db()
    assert user.language == "zh-hans"


def test_theme_is_kept_on_the_account(client):
    client.post("/settings/theme/", {"theme": "dark"})
    assert 'data-bs-theme="dark"' in client.get("/account/login/").content.decode()
    user = signed_in(client)
    client.post("/settings/theme/", {"theme": "light"})
    user.refresh_from_db()
    assert user.theme == "light"
    assert 'data-theme="light"' in client.get("/settings/profile/").content.decode()


def test_profile_keeps_language_and_time_zone(client):
    user = signed_in(client)
    form = {"name": "Ada", "language": "zh-hans", "time_zone": "Europe/Berlin", "theme": "auto"}
    assert client.post("/settings/profile/", form).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.language, user.time_zone) == ("Ada", "zh-hans", "Europe/Berlin")
    assert client.post("/settings/profile/", {**form, "time_zone": "Mars/Base"}).status_code == 200
