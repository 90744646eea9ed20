"""Every endpoint against what nobody would send: never a 500, and only answers that are declared."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core import NotSet

from guanxi.commerce.testing import order, record, shop
from guanxi.config.api import api
from guanxi.core import tokens
from guanxi.core.permissions import PERMISSIONS
from guanxi.core.testing import make_user

pytestmark = pytest.mark.django_db
schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema(), default=str)))
OPERATIONS = [result.ok() for result in schema.get_all_operations()]


@pytest.fixture
def headers() -> dict[str, str]:
    """A token for everything, in a merchant's database with an order in it."""
    record([order(phone="15400012345")], shop=shop())
    _token, raw = tokens.issue(owner=make_user(), name="fuzz", scopes=sorted(PERMISSIONS))
    return {"Authorization": f"Bearer {raw}"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_nothing_sent_to_an_endpoint_breaks_it(operation: Any, headers: dict[str, str]) -> None:
    client = Client(raise_request_exception=False)
    declared = {int(status) for status in operation.definition.raw["responses"]}

    @settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(GenerationMode.POSITIVE) | operation.as_strategy(GenerationMode.NEGATIVE))
    def check(case: Case) -> None:
        body = "" if isinstance(case.body, NotSet) else json.dumps(case.body, default=str)
        address = f"/api/v1{case.formatted_path.removeprefix('/api/v1')}?{urlencode(case.query or {}, doseq=True)}"
        response = client.generic(case.method, address, body, content_type="application/json", headers=headers)
        assert response.status_code in declared | {405}, (case.method, address, body, response.content[:500])
        if response.status_code >= 400 and response.status_code != 405:
            assert response["Content-Type"] == "application/problem+json"

    check()
