"""What people are told on every page while the warehouse cannot be kept fresh."""

from guanxi.core.permissions import SIGNED_IN
from guanxi.core.web import banners
from guanxi.core.web.banners import Banner
from guanxi.warehouse.tasks import TROUBLE

banners.add(Banner(TROUBLE, SIGNED_IN, "warehouse/trouble.html"))
