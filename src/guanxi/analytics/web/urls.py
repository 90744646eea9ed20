from django.urls import path

from guanxi.analytics.reports import REPORTS
from guanxi.analytics.web import campaign_urls, report_page, report_rows

app_name = "analytics"

urlpatterns = [
    *(
        path("" if name == "overview" else f"{name}/", report_page.show, {"name": name}, name)
        for name in REPORTS.names()
    ),
    *campaign_urls.urlpatterns,
    path("<slug:name>/csv/<slug:table>/", report_page.download, name="csv"),
    path("<slug:name>/rows/", report_rows.show, name="rows"),
]
