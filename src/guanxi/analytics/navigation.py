"""The room's entries in the menu: one for each report."""

from guanxi.analytics.reports import REPORTS
from guanxi.core.web.navigation import Entry, add

for order, report in enumerate(REPORTS, start=10):
    address = f"analytics:{report.name}"
    add(Entry("insights", report.label, address, report.permission, report.icon, order, report.keywords))
