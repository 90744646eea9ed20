"""Rights of the loyalty room, part by part."""

from guanxi.loyalty.coupons import permissions as coupons  # noqa: F401
