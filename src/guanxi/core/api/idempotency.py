"""Idempotency keys on writes: the same request again gets the first answer and does nothing.

After the IETF draft "The Idempotency-Key HTTP Header Field". The answer is kept in the transaction of the write, so a
crash leaves either both or neither; answers are kept for a day.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from guanxi.core import tokens
from guanxi.core.api.problems import respond
from guanxi.core.models.idempotency import IdempotentRequest

KEPT = timedelta(days=1)
HEADER = "Idempotency-Key"


def idempotent(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a write endpoint with ``@decorate_view(idempotent)``.

    It runs outside the endpoint's own check of the token; a request with a bad token goes on to be refused there.
    """

    @wraps(operation)
    def answered_once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        token = tokens.authenticate(request.headers.get("Authorization", "").removeprefix("Bearer ").strip())
        if not key or token is None:
            return operation(request, *args, **kwargs)
        if len(key) > 200 or "\x00" in key:
            return respond(400, "bad-idempotency-key", "An Idempotency-Key has at most 200 characters.")
        digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).digest()
        with transaction.atomic():
            earlier = _claim(token.pk, key, digest)
            if earlier is not None:
                return earlier
            response: HttpResponse = operation(request, *args, **kwargs)
            if response.status_code >= 500:
                transaction.set_rollback(True)
                return response
            IdempotentRequest.objects.filter(token_id=token.pk, key=key).update(
                status=response.status_code, body=response.content
            )
            return response

    return answered_once


def _claim(token_id: int, key: str, digest: bytes) -> HttpResponse | None:
    """Take the key for this transaction, or give the earlier answer. A second client with the key waits here."""
    now = timezone.now()
    try:
        with transaction.atomic():
            IdempotentRequest.objects.create(token_id=token_id, key=key, digest=digest, created_at=now)
            return None
    except IntegrityError:
        earlier = IdempotentRequest.objects.get(token_id=token_id, key=key)
    if bytes(earlier.digest) != digest:
        return respond(409, "idempotency-key-reused", "This Idempotency-Key was used for a different request.")
    kind = "application/problem+json" if (earlier.status or 0) >= 400 else "application/json"
    response = HttpResponse(bytes(earlier.body), status=earlier.status, content_type=f"{kind}; charset=utf-8")
    response["Idempotent-Replayed"] = "true"
    return response


def forget_old(now: Any) -> int:
    """Remove answers older than a day. Returns how many."""
    return IdempotentRequest.objects.filter(created_at__lt=now - KEPT).delete()[0]
