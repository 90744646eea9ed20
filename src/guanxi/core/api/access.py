"""Who may call an endpoint: a bearer token whose scopes, and whose owner, have the right it names."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from guanxi.core import tokens
from guanxi.core.api.problems import ApiProblem
from guanxi.core.permissions import PERMISSIONS


class Scope(HttpBearer):
    """``@router.get("/", auth=Scope("customers.view"))``. Raises ApiProblem 401 or 403."""

    def __init__(self, right: str) -> None:
        if right not in PERMISSIONS:
            raise ValueError(f"no right called {right!r} is declared")
        self.right = right
        super().__init__()

    def __call__(self, request: HttpRequest) -> Any:
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            raise ApiProblem(401, "token-missing", "Send a token in the header `Authorization: Bearer …`.")
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = tokens.authenticate(token)
        if found is None:
            raise ApiProblem(401, "token-invalid", "This token is unknown, revoked or past its date.")
        if self.right not in found.scopes or not found.owner.may(self.right):
            raise ApiProblem(403, "scope-missing", f"This token may not do this; it needs the scope {self.right}.")
        request.user = found.owner
        return found
