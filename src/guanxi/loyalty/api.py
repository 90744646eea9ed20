"""Endpoints of the loyalty room."""

from ninja import Router

from guanxi.loyalty.tiers.api import router as tiers

router = Router()
router.add_router("", tiers)
