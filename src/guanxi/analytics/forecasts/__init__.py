"""Forecasts: a kind. Models that run every night on the warehouse (see base.py)."""

from guanxi.analytics.forecasts.base import Forecast
from guanxi.core.registry import Registry

FORECASTS: Registry[Forecast] = Registry(
    "forecast",
    {
        "customer_value": "guanxi.analytics.forecasts.customer_value.CustomerValueForecast",
        "category_chances": "guanxi.analytics.forecasts.category_chances.CategoryChancesForecast",
        "next_orders": "guanxi.analytics.forecasts.next_orders.NextOrdersForecast",
        "next_products": "guanxi.analytics.forecasts.next_products.NextProductsForecast",
    },
)
