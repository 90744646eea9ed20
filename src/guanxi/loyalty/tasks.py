"""Work of the loyalty room for the worker; see the parts."""

from guanxi.loyalty.points import tasks as points  # noqa: F401
