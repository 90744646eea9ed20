from django.urls import path

from guanxi.analytics.reports import REPORTS
from guanxi.analytics.web import campaign_urls, models_page, persona_page, report_page, report_rows

app_name = "analytics"

urlpatterns = [
    *(
        path("" if name == "overview" else f"{name}/", report_page.show, {"name": name}, name)
        for name in REPORTS.names()
    ),
    *campaign_urls.urlpatterns,
    path("persona/", persona_page.show, name="persona"),
    path("persona/csv/<slug:name>/", persona_page.download, name="persona_csv"),
    path("models/", models_page.overview, name="models"),
    path("models/<slug:name>/", models_page.show, name="model"),
    path("models/<slug:name>/run/", models_page.run, name="model_run"),
    path("models/<slug:name>/runs/", models_page.runs, name="model_runs"),
    path("models/<slug:name>/csv/<slug:table>/", models_page.download, name="model_csv"),
    path("<slug:name>/csv/<slug:table>/", report_page.download, name="csv"),
    path("<slug:name>/rows/", report_rows.show, name="rows"),
]
