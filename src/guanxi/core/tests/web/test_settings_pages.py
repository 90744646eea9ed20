"""The pages under Settings: who may, what changes, what is on record."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client

from guanxi.core import jobs, preferences
from guanxi.core.models import ApiToken, AuditEntry, ExchangeRate, Job, Role, User
from guanxi.core.models.jobs import JobState
from guanxi.core.testing import PASSWORD, make_role, make_user, signed_in

pytestmark = pytest.mark.django_db

ADMINISTRATORS_ONLY = ["merchant/", "users/", "users/new/", "roles/", "audit/"]


@pytest.mark.parametrize("path", ADMINISTRATORS_ONLY)
def test_only_those_with_the_right_open_it(client, path):
    assert client.get(f"/settings/{path}").status_code == 302
    signed_in(client, role="marketer")
    refused = client.get(f"/settings/{path}")
    assert refused.status_code == 403
    assert b"Your roles do not include this" in refused.content
    signed_in(client)
    assert client.get(f"/settings/{path}").status_code == 200


# Merchant


def test_merchant_settings_are_kept_and_recorded(client):
    signed_in(client)
    form = {"merchant_name": "Silk & Sons", "currency": "eur", "time_zone": "Europe/Berlin"}
    assert client.post("/settings/merchant/", form).status_code == 302
    assert (preferences.merchant_name(), preferences.currency()) == ("Silk & Sons", "EUR")
    assert str(preferences.time_zone()) == "Europe/Berlin"
    assert AuditEntry.objects.get(action="settings.changed").detail["currency"] == "EUR"
    assert "Silk &amp; Sons" in client.get("/settings/profile/").content.decode()
    assert client.post("/settings/merchant/", {**form, "currency": "XXQ"}).status_code == 200
    assert preferences.currency() == "EUR"


@pytest.mark.django_db
def test_settings_are_read_once_for_a_request_and_changes_show_at_once(django_assert_num_queries):
    preferences.put("currency", "EUR")
    with preferences.read(["currency", "time_zone"]) as found:
        assert found == {"currency": "EUR"}
        with django_assert_num_queries(0):
            assert preferences.currency() == "EUR"
            assert preferences.get("time_zone", "none is set") == "none is set"
        preferences.put("currency", "USD")
        preferences.put("time_zone", "Asia/Tokyo")
        assert (preferences.currency(), str(preferences.time_zone())) == ("USD", "Asia/Tokyo")


def test_exchange_rates(client):
    signed_in(client)
    client.post("/settings/merchant/rates/", {"code": "usd", "rate": "7.1"})
    client.post("/settings/merchant/rates/", {"code": "USD", "rate": "7.25"})
    client.post("/settings/merchant/rates/", {"code": "CNY", "rate": "2"})
    client.post("/settings/merchant/rates/", {"code": "EUR", "rate": "-1"})
    assert list(ExchangeRate.objects.values_list("currency", "rate")) == [("USD", Decimal("7.25"))]
    assert "7.25" in client.get("/settings/merchant/").content.decode()
    client.post("/settings/merchant/rates/USD/delete/")
    assert not ExchangeRate.objects.exists()


def test_amounts_are_valued_anew_when_the_currency_or_a_rate_changes(client):
    signed_in(client)
    fills = Job.objects.filter(kind="warehouse.fill", arguments={"full": True}, lock="warehouse.fill")
    form = {"merchant_name": "Silk & Sons", "currency": preferences.currency(), "time_zone": "Europe/Berlin"}
    client.post("/settings/merchant/", form)
    assert fills.count() == 0
    client.post("/settings/merchant/", {**form, "currency": "EUR"})
    assert fills.count() == 1
    client.post("/settings/merchant/rates/", {"code": "USD", "rate": "0.9"})
    client.post("/settings/merchant/rates/", {"code": "USD", "rate": "-1"})
    assert fills.count() == 2
    client.post("/settings/merchant/rates/USD/delete/")
    assert fills.count() == 3


# Users


def test_a_new_user_gets_a_password_that_works(client):
    signed_in(client)
    marketer = make_role("marketer")
    form = {"email": "Li@Shop.example", "name": "Li", "roles": [marketer.pk]}
    page = client.post("/settings/users/new/", form)
    password = page.context["password"]
    user = User.objects.get(email="li@shop.example")
    assert user.check_password(password)
    assert [role.code for role in user.roles.all()] == ["marketer"]
    assert "no-store" in page.headers["Cache-Control"]
    assert AuditEntry.objects.get(action="user.created").detail == {"roles": ["marketer"]}
    again = client.post("/settings/users/new/", form)
    assert "signs in with this address already" in again.content.decode()


def change(client, user, **form):
    return client.post(f"/settings/users/{user.pk}/", {"name": user.name, **form})


def test_changing_a_user(client):
    signed_in(client)
    user = make_user(role="marketer")
    analyst = make_role("analyst")
    assert change(client, user, roles=[analyst.pk], is_active="on").status_code == 302
    assert [role.code for role in user.roles.all()] == ["analyst"]
    change(client, user, roles=[analyst.pk])
    user.refresh_from_db()
    assert not user.is_active
    last = AuditEntry.objects.filter(action="user.changed").latest("id")
    assert last.detail == {"active": {"from": True, "to": False}}


def test_the_last_administrator_stays(client):
    me = signed_in(client)
    administrator = Role.objects.get(code="administrator")
    page = change(client, me, roles=[administrator.pk])
    assert "At least one administrator must remain" in page.content.decode()
    page = change(client, me, roles=[make_role("analyst").pk], is_active="on")
    assert "At least one administrator must remain" in page.content.decode()
    me.refresh_from_db()
    assert me.is_active
    assert [role.code for role in me.roles.all()] == ["administrator"]
    make_user(role="administrator")
    assert change(client, me, roles=[make_role("analyst").pk], is_active="on").status_code == 302


def test_a_temporary_password_ends_the_sessions(client):
    theirs = Client()
    user = signed_in(theirs, role="marketer")
    signed_in(client)
    page = client.post(f"/settings/users/{user.pk}/password/")
    user.refresh_from_db()
    assert user.check_password(page.context["password"])
    assert not user.check_password(PASSWORD)
    assert theirs.get("/settings/profile/").status_code == 302


def test_nobody_rises_above_their_own_rights(client):
    me = signed_in(client, permissions=["core.users"])
    boss = make_user(role="administrator")
    administrator = Role.objects.get(code="administrator")
    change(client, me, roles=[administrator.pk], is_active="on")
    assert not me.roles.filter(code="administrator").exists()
    assert client.post(f"/settings/users/{boss.pk}/password/").status_code == 302
    boss.refresh_from_db()
    assert boss.check_password(PASSWORD)
    change(client, boss, roles=[], is_active="on")
    assert boss.roles.filter(code="administrator").exists()
    own = me.roles.get()
    client.post("/settings/roles/", {f"shown-{own.pk}": "yes", f"role-{own.pk}": ["core.users", "core.audit"]})
    own.refresh_from_db()
    assert own.permissions == ["core.users"]


# Roles


def test_rights_of_a_role_are_edited(client):
    signed_in(client)
    role = make_role("fair_helper", permissions=["core.jobs", "core.tokens"])
    page = client.get("/settings/roles/").content.decode()
    assert f'name="role-{role.pk}" value="core.jobs" checked' in page
    form = {f"shown-{role.pk}": "yes", f"role-{role.pk}": ["core.jobs", "core.audit", "made.up"]}
    client.post("/settings/roles/", form)
    role.refresh_from_db()
    assert role.permissions == ["core.audit", "core.jobs"]
    entry = AuditEntry.objects.get(action="role.changed")
    assert entry.detail == {"added": ["core.audit"], "removed": ["core.tokens"]}
    client.post("/settings/roles/", form)
    assert AuditEntry.objects.filter(action="role.changed").count() == 1


def test_administrators_keep_every_right(client):
    signed_in(client)
    administrator = Role.objects.get(code="administrator")
    client.post("/settings/roles/", {f"shown-{administrator.pk}": "yes"})
    administrator.refresh_from_db()
    assert administrator.all_permissions


def test_roles_come_and_go(client):
    signed_in(client)
    client.post("/settings/roles/new/", {"name": "Fair helper"})
    client.post("/settings/roles/new/", {"name": "Fair helper"})
    client.post("/settings/roles/new/", {"name": " "})
    made = Role.objects.filter(name="Fair helper").order_by("pk")
    assert [role.code for role in made] == ["fair-helper", "fair-helper-2"]
    client.post(f"/settings/roles/{made[0].pk}/delete/")
    assert not Role.objects.filter(code="fair-helper").exists()
    kept = Role.objects.get(code="fair-helper-2")
    make_user(role="marketer").roles.add(kept)
    client.post(f"/settings/roles/{kept.pk}/delete/")
    client.post(f"/settings/roles/{make_role('analyst').pk}/delete/")
    assert Role.objects.filter(code__in=["fair-helper-2", "analyst"]).count() == 2


# Audit


def test_the_record_is_filtered(client):
    me = signed_in(client)
    other = make_user(role="marketer")
    for actor, action, subject in [
        (me, "role.created", ("role", 7)),
        (other, "user.signed_in", ("user", 7)),
        (None, "user.created", ("user", 8)),
    ]:
        AuditEntry.objects.create(
            at=datetime(2026, 5, subject[1], tzinfo=UTC),
            actor=actor,
            action=action,
            subject_kind=subject[0],
            subject_id=subject[1],
        )

    def found(query: str) -> list[str]:
        table = client.get(f"/settings/audit/?{query}").context["table"]
        return [entry.action for entry in table.source.iterate(table.query)]

    assert found("") == ["user.created", "user.signed_in", "role.created"]
    assert found(f"actor={me.pk}") == ["role.created"]
    assert found("action=user.signed_in") == ["user.signed_in"]
    assert found("subject=user") == ["user.created", "user.signed_in"]
    assert found("subject=user+8") == ["user.created"]
    assert found("day_from=2026-05-08") == ["user.created"]
    csv = b"".join(client.get("/settings/audit/?format=csv&subject=user+8").streaming_content).decode()
    assert csv.splitlines()[1].split(",")[1:3] == ["Guanxi", "user.created"]


def test_csv_is_written_in_the_readers_time_zone(client):
    me = signed_in(client)
    User.objects.filter(pk=me.pk).update(time_zone="America/New_York")
    AuditEntry.objects.create(at=datetime(2026, 5, 8, tzinfo=UTC), actor=me, action="role.created")
    lines = list(client.get("/settings/audit/?format=csv&action=role.created").streaming_content)
    assert lines[2].decode().startswith("2026-05-07 20:00:00,")


# Jobs


def job(user: User | None, state: str, **more) -> Job:
    more = {"arguments": {"import_id": 5}, **more}
    return Job.objects.create(kind="orders.import", title="orders.csv", state=state, created_by=user, **more)


def test_people_see_their_own_jobs_and_those_with_the_right_all(client):
    me = signed_in(client, role="read_only")
    mine = job(me, JobState.RUNNING, done=5, total=10)
    other = job(make_user(), JobState.RUNNING)
    assert [row.id for row in client.get("/settings/jobs/").context["table"].rows] == [str(mine.pk)]
    assert client.get(f"/settings/jobs/{mine.pk}/").status_code == 200
    assert client.get(f"/settings/jobs/{other.pk}/").status_code == 404
    assert client.post(f"/settings/jobs/{other.pk}/cancel/").status_code == 404
    other.refresh_from_db()
    assert not other.cancel_requested
    signed_in(client, role="marketer")
    assert len(client.get("/settings/jobs/").context["table"].rows) == 2


def test_progress_is_asked_for_until_the_end(client):
    me = signed_in(client)
    running = job(me, JobState.RUNNING, done=5, total=10, message="600 rows a second")
    part = client.get(f"/settings/jobs/{running.pk}/progress/").content.decode()
    assert 'aria-valuenow="50"' in part
    assert "hx-trigger" in part
    assert "600 rows a second" in part
    Job.objects.filter(pk=running.pk).update(state=JobState.FAILED, error="Line 3 has no number.")
    ended = client.get(f"/settings/jobs/{running.pk}/progress/?reload")
    assert "hx-trigger" not in ended.content.decode()
    assert ended.headers["HX-Refresh"] == "true"
    assert "Line 3 has no number." in client.get(f"/settings/jobs/{running.pk}/").content.decode()


def test_a_job_is_cancelled_and_run_again(client):
    me = signed_in(client)
    queued = job(me, JobState.QUEUED)
    client.post(f"/settings/jobs/{queued.pk}/cancel/")
    queued.refresh_from_db()
    assert queued.state == JobState.CANCELLED
    assert client.get(f"/settings/jobs/{queued.pk}/retry/").status_code == 405
    actions = AuditEntry.objects.filter(subject_kind="job").values_list("action", flat=True)
    assert list(actions) == ["job.cancelled"]


def test_a_finished_job_says_in_words_what_it_did_and_leads_to_what_it_worked_on(client):
    me = signed_in(client)
    result = {"rows": 12_345, "orders_created": 7, "rejected": 0, "rejected_file": "/var/rejected.csv"}
    done = job(me, JobState.SUCCEEDED, result=result)
    page = client.get(f"/settings/jobs/{done.pk}/")
    assert page.context["result"] == [("Rows read", "12,345"), ("New orders", "7"), ("Rejected rows", "0")]
    text = page.content.decode()
    assert 'href="/orders/imports/5/"' in text
    assert "orders_created" not in text
    assert "rejected_file" not in text


def test_a_job_without_a_title_of_its_own_goes_by_its_kind_in_the_readers_language(client):
    signed_in(client)
    untitled = jobs.start("warehouse.fill", full=True)
    assert "Fill the warehouse" in client.get("/settings/jobs/").content.decode()
    client.cookies["django_language"] = "zh-hans"
    for address in ("/settings/jobs/", f"/settings/jobs/{untitled.pk}/"):
        assert "Fill the warehouse" not in client.get(address).content.decode()


# API tokens


def test_a_token_is_shown_once(client):
    signed_in(client)
    form = {"name": "ERP", "days": "30", "scopes": ["core.audit"]}
    page = client.post("/settings/tokens/", form)
    raw = page.context["raw"]
    token = ApiToken.objects.get()
    assert raw in page.content.decode()
    assert raw not in client.get("/settings/tokens/").content.decode()
    assert (token.name, token.scopes, token.expires_at > token.created_at) == ("ERP", ["core.audit"], True)
    client.post(f"/settings/tokens/{token.pk}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == ["token.issued", "token.revoked"]


def test_tokens_do_not_exceed_their_owner_and_are_their_owners(client):
    signed_in(client, permissions=["core.tokens"])
    page = client.post("/settings/tokens/", {"name": "ERP", "scopes": ["core.users"]})
    assert page.status_code == 200
    assert not ApiToken.objects.exists()
    other = make_user()
    foreign = ApiToken.objects.create(name="x", owner=other, prefix="gx_", digest=b"x" * 32)
    assert client.post(f"/settings/tokens/{foreign.pk}/revoke/").status_code == 404
    assert client.get("/settings/tokens/").context["tokens"].count() == 0


# Error pages


def test_a_missing_page_says_so(client):
    missing = client.get("/no/such/page/")
    assert missing.status_code == 404
    assert b"There is no such page" in missing.content
    assert b"<script src=" in missing.content


def test_a_stale_form_is_explained():
    response = Client(enforce_csrf_checks=True).post("/settings/language/", {"language": "en"})
    assert response.status_code == 403
    assert b"This form is out of date" in response.content


# What the lists ask of the database


@pytest.mark.parametrize(("path", "queries"), [("users", 8), ("audit", 7), ("jobs", 6)])
def test_lists_do_not_ask_more_for_more_rows(client, django_assert_num_queries, path, queries):
    me = signed_in(client)
    for number in range(12):
        user = make_user(role="marketer")
        job(user, JobState.SUCCEEDED)
        AuditEntry.objects.create(at=datetime(2026, 5, 1, number, tzinfo=UTC), actor=me, action="user.created")
    client.get(f"/settings/{path}/")
    with django_assert_num_queries(queries):
        client.get(f"/settings/{path}/")
