"""Endpoints of the loyalty room, part by part."""

from ninja import Router

from guanxi.loyalty.points.api import router as points
from guanxi.loyalty.tiers.api import router as tiers

router = Router()
router.add_router("", tiers)
router.add_router("/loyalty/points", points)
