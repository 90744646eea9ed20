"""What the warehouse copies of the loyalty room, part by part."""

from guanxi.loyalty.coupons import exports as coupons  # noqa: F401
