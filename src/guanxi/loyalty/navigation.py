"""Menu entries of the loyalty room, part by part."""

from guanxi.loyalty.coupons import navigation as coupons  # noqa: F401
