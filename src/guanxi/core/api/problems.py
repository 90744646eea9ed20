"""Errors as RFC 9457 problem details, one shape for all of them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.responses import NinjaJSONEncoder

TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    409: "Conflict",
    413: "Too large",
    422: "Not valid",
    429: "Too many requests",
}


class FieldProblem(Schema):
    where: str
    """Where in the request, as ``body.orders.3.total``."""
    message: str


class Problem(Schema):
    """RFC 9457; served as application/problem+json."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class ApiProblem(Exception):
    """Ends a request with a problem. ``code`` is stable and for programs, ``detail`` is for people."""

    def __init__(self, status: int, code: str, detail: str, errors: list[FieldProblem] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.errors = status, code, detail, errors or []


PROBLEMS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 413, 422), Problem)
"""For ``response={200: Answer, **PROBLEMS}``, so that every error is declared."""


def respond(status: int, code: str, detail: str, errors: list[FieldProblem] | None = None) -> HttpResponse:
    body = Problem(
        type=f"urn:guanxi:problem:{code}",
        title=TITLES.get(status, "Error"),
        status=status,
        detail=detail,
        errors=errors or [],
    )
    response = JsonResponse(
        body.model_dump(), status=status, encoder=NinjaJSONEncoder, content_type="application/problem+json"
    )
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="guanxi"'
    return response


def handle_problems(api: NinjaAPI) -> None:
    """Give an API these answers to everything that can go wrong."""

    @api.exception_handler(ApiProblem)
    def problem(request: HttpRequest, error: ApiProblem) -> HttpResponse:
        return respond(error.status, error.code, error.detail, error.errors)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [
            FieldProblem(where=".".join(str(step) for step in item["loc"]), message=str(item["msg"]))
            for item in error.errors
        ]
        return respond(422, "not-valid", "Some values are missing or not of the right kind.", errors)

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return respond(error.status_code, "bad-request", str(error))

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return respond(404, "not-found", "There is nothing here, or nothing you may see.")
