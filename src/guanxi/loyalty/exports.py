"""What the loyalty room puts into the warehouse; see the parts."""

from guanxi.loyalty.points import exports as points  # noqa: F401
