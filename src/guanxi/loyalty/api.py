"""Endpoints of the loyalty room; see the parts."""

from ninja import Router

from guanxi.loyalty.points.api import router as points

router = Router()
router.add_router("/points", points)
