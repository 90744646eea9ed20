"""Models through the API."""

import pytest
from django.test import Client

from guanxi.analytics import services
from guanxi.analytics.tests.forecasts.buyers import NOW, shop
from guanxi.core import tokens
from guanxi.core.models import Job
from guanxi.core.testing import make_user
from guanxi.warehouse.testing import given

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/models"


def token(right: str) -> dict[str, str]:
    raw = tokens.issue(owner=make_user(), name=right, scopes=[right])[1]
    return {"Authorization": f"Bearer {raw}"}


def test_last_run_and_outlook(client: Client) -> None:
    headers = token("analytics.view")
    assert client.get(f"{ROOT}/customer_value", headers=headers).json()["last_run"] is None
    with given(shop(300), now=NOW):
        services.run_forecast("customer_value", now=NOW, progress=lambda *_: None)
    model, *others = client.get(ROOT, headers=headers).json()
    assert not any(other["last_run"] for other in others)
    assert model["last_run"]["state"] == "done"
    assert model["last_run"]["customers"] == 300
    assert model["last_run"]["quality"]["weeks"] == 14
    outlook = client.get(f"{ROOT}/customer_value/customers/5", headers=headers).json()
    assert outlook["lifetime_value_low"] <= outlook["lifetime_value"] <= outlook["lifetime_value_high"]
    assert outlook["last_day"] == "2026-05-10"
    assert client.get(f"{ROOT}/customer_value/customers/5000", headers=headers).status_code == 404
    assert client.get(f"{ROOT}/none", headers=headers).status_code == 404


def test_run(client: Client) -> None:
    address = f"{ROOT}/customer_value/run"
    assert client.post(address, headers=token("analytics.view")).status_code == 403
    assert not Job.objects.exists()
    headers = token("analytics.run")
    once = client.post(address, headers={**headers, "Idempotency-Key": "one"})
    assert (once.status_code, once.json()) == (202, {"job_id": Job.objects.get().pk})
    again = client.post(address, headers={**headers, "Idempotency-Key": "two"})
    assert (again.status_code, again.json()) == (202, {"job_id": None})
