from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from guanxi.core import tokens
from guanxi.core.permissions import PERMISSIONS
from guanxi.core.testing import make_user

Call = Callable[..., HttpResponse]


@pytest.fixture
def call(db: None) -> Call:
    """``call("post", "/orders", {...})`` with a token that may do everything; ``scopes`` gives it only those."""
    client, issued = Client(), {}

    def send(method: str, path: str, body: Any = None, *, scopes: list[str] | None = None, key: str = "") -> Any:
        name = ",".join(scopes) if scopes is not None else "all"
        if name not in issued:
            owner = make_user()
            wanted = list(PERMISSIONS) if scopes is None else scopes
            issued[name] = tokens.issue(name=name[:80], owner=owner, scopes=wanted)[1]
        headers = {"Authorization": f"Bearer {issued[name]}", **({"Idempotency-Key": key} if key else {})}
        if method == "get":
            return client.get(f"/api/v1{path}", body, headers=headers)
        return getattr(client, method)(f"/api/v1{path}", body, content_type="application/json", headers=headers)

    return send
