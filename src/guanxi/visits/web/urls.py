from django.urls import path

from guanxi.visits.web import potential, visitors, websites

app_name = "visits"

urlpatterns = [
    path("", visitors.visitors, name="visitors"),
    path("sources.csv", visitors.sources_csv, name="sources_csv"),
    path("wanted.csv", visitors.wanted_csv, name="wanted_csv"),
    path("potential/", potential.potential, name="potential"),
    path("websites/", websites.site_list, name="sites"),
    path("websites/new/", websites.site_new, name="site_new"),
    path("websites/<int:site_id>/", websites.site_edit, name="site"),
    path("websites/<int:site_id>/arrival/", websites.arrival, name="arrival"),
    path("websites/<int:site_id>/allow/", websites.allow, name="allow"),
]
