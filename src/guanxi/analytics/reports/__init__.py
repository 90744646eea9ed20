"""Reports: a kind. Each answers one question with numbers that trace to their rows."""

from guanxi.analytics.reports.base import Report
from guanxi.core.registry import Registry

REPORTS: Registry[Report] = Registry(
    "report",
    {
        "overview": "guanxi.analytics.reports.overview.Overview",
        "rfm": "guanxi.analytics.reports.rfm_grid.RfmGrid",
        "cohorts": "guanxi.analytics.reports.cohorts.Cohorts",
        "products": "guanxi.analytics.reports.products.Products",
        "places": "guanxi.analytics.reports.places.Places",
    },
)
