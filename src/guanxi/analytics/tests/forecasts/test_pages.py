"""The pages of models, and what the customer's page says of them."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guanxi.analytics import services
from guanxi.analytics.tests.forecasts.buyers import NOW, customers, order, shop
from guanxi.core.models import Job
from guanxi.core.testing import signed_in
from guanxi.warehouse.testing import given

NAME = "customer_value"
MODEL = reverse("analytics:model", args=[NAME])


@pytest.fixture
def ran(db: object) -> None:
    with given(shop(300), now=NOW):
        services.run_forecast(NAME, now=NOW, progress=lambda *_: None)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_a_model_explains_itself(client: Client, ran: None, language: str) -> None:
    signed_in(client, role="marketer")
    client.cookies["django_language"] = language
    shown = text(client, MODEL)
    for word in ("alpha", "gamma", "churn_risk", "lifetime_value"):
        assert word in shown
    if language == "en":
        assert "Does it keep its word?" in shown
        assert "2026-05-10" in shown
        assert "In the last 14 weeks, which it had not seen" in shown


def test_the_list_tells_how_well_it_does(client: Client, ran: None, django_assert_max_num_queries: object) -> None:
    signed_in(client, role="analyst")
    shown = text(client, reverse("analytics:models"))
    assert "Customer value" in shown
    assert "In the last 14 weeks" in shown


@pytest.mark.django_db
def test_before_the_first_run(client: Client) -> None:
    signed_in(client, role="marketer")
    assert "never" in text(client, reverse("analytics:models"))
    assert "This model has not run yet" in text(client, MODEL)


@pytest.mark.django_db
def test_with_too_few_buyers(client: Client) -> None:
    with given({"customers": customers(1), "orders": [order(1, 1, NOW)]}, now=NOW):
        services.run_forecast(NAME, now=NOW, progress=lambda *_: None)
    signed_in(client, role="marketer")
    assert "It needs ten customers who have bought." in text(client, MODEL)
    assert "It needs ten customers who have bought." in text(client, reverse("analytics:models"))


def test_runs_are_listed(client: Client, ran: None) -> None:
    signed_in(client, role="marketer")
    address = reverse("analytics:model_runs", args=[NAME])
    assert "In the last 14 weeks" in text(client, address)
    assert "In the last 14 weeks" in text(client, f"{address}?state=done&sort=-customers")
    exported = client.get(f"{address}?format=csv")
    assert b"300" in b"".join(exported.streaming_content)


@pytest.mark.django_db
def test_run_now(client: Client) -> None:
    signed_in(client, role="marketer")
    for _ in range(2):
        assert client.post(reverse("analytics:model_run", args=[NAME])).status_code == 302
    job = Job.objects.get()
    assert (job.kind, job.arguments) == ("models.run", {"name": NAME})
    assert "Open the job" in text(client, MODEL)
    assert client.get(reverse("analytics:model_run", args=[NAME])).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["model", "models", "model_runs"])
def test_only_who_may_see_reports(client: Client, name: str) -> None:
    address = reverse(f"analytics:{name}", args=[NAME] if name != "models" else [])
    assert client.get(address).status_code == 302
    signed_in(client, permissions=[])
    assert client.get(address).status_code == 403


@pytest.mark.django_db
def test_only_who_may_run(client: Client) -> None:
    signed_in(client, permissions=["analytics.view"])
    assert "Run now" not in text(client, MODEL)
    assert client.post(reverse("analytics:model_run", args=[NAME])).status_code == 403
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_unknown_model(client: Client) -> None:
    signed_in(client, role="marketer")
    for name in ("model", "model_runs"):
        assert client.get(reverse(f"analytics:{name}", args=["none"])).status_code == 404
    assert client.post(reverse("analytics:model_run", args=["none"])).status_code == 404


def test_the_customers_page(client: Client, ran: None) -> None:
    from django.apps import apps

    now = timezone.now()
    apps.get_model("customers", "Customer").objects.create(pk=5, created_at=now, updated_at=now)
    apps.get_model("customers", "Customer").objects.create(pk=5000, created_at=now, updated_at=now)
    signed_in(client, role="marketer")
    shown = text(client, reverse("customers:page", args=[5]))
    assert "What to expect" in shown
    assert "Value in 12 months" in shown
    assert "What to expect" not in text(client, reverse("customers:page", args=[5000]))
    signed_in(client, permissions=["customers.view"])
    assert "What to expect" not in text(client, reverse("customers:page", args=[5]))
