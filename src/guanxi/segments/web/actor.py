"""Who does it."""

from django.http import HttpRequest

from guanxi.core.models import User


def actor(request: HttpRequest) -> User:
    """The signed-in person of a view under ``requires``, which lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user
