"""Readers of the event log, part by part."""

from guanxi.loyalty.coupons import subscribers as coupons  # noqa: F401
