"""Jobs of the loyalty room, part by part."""

from guanxi.loyalty.coupons import tasks as coupons  # noqa: F401
