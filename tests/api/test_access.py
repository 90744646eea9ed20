import pytest
from django.test import Client
from django.utils import timezone
from ninja.openapi.schema import OpenAPISchema

from guanxi.config.api import api
from guanxi.core import tokens
from guanxi.core.api.access import Scope
from guanxi.core.models import ApiToken
from guanxi.core.testing import make_user
from tests.api.conftest import Call


def operations() -> list[tuple[str, object]]:
    return [
        (f"{method} {prefix}{path}", operation)
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    ]


def test_every_endpoint_names_the_right_it_needs() -> None:
    unguarded = [
        name
        for name, operation in operations()
        if not operation.auth_callbacks or not all(isinstance(auth, Scope) for auth in operation.auth_callbacks)
    ]
    assert unguarded == []
    assert len(operations()) > 25


def test_every_endpoint_declares_its_problems() -> None:
    schema: OpenAPISchema = api.get_openapi_schema()
    undeclared = [
        f"{method} {path}"
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if not {400, 401, 403, 404, 409, 422} <= set(operation["responses"])
    ]
    assert undeclared == []


@pytest.mark.django_db
def test_without_a_token_the_answer_is_a_problem() -> None:
    response = Client().get("/api/v1/customers")
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["type"] == "urn:guanxi:problem:token-missing"


@pytest.mark.django_db
def test_a_revoked_token_opens_nothing() -> None:
    owner = make_user()
    token, raw = tokens.issue(name="till", owner=owner, scopes=["customers.view"])
    headers = {"Authorization": f"Bearer {raw}"}
    assert Client().get("/api/v1/customers", headers=headers).status_code == 200
    tokens.revoke(token, now=timezone.now())
    assert Client().get("/api/v1/customers", headers=headers).status_code == 401


def test_a_scope_that_is_missing_is_named(call: Call) -> None:
    response = call("get", "/orders", scopes=["customers.view"])
    assert response.status_code == 403
    assert "commerce.view" in response.json()["detail"]


@pytest.mark.django_db
def test_a_token_never_does_more_than_its_owner_may() -> None:
    owner = make_user(permissions=["customers.view"])
    _token, raw = tokens.issue(name="x", owner=owner, scopes=["customers.view"])
    ApiToken.objects.update(scopes=["customers.view", "customers.reveal"])  # as if the owner had lost the right since
    response = Client().get("/api/v1/customers/1/personal", headers={"Authorization": f"Bearer {raw}"})
    assert response.status_code == 403
