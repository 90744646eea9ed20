"""Addresses under /loyalty/."""

from django.urls import include, path

app_name = "loyalty"
urlpatterns = [
    path("tiers/", include("guanxi.loyalty.tiers.web.urls")),
    path("points/", include("guanxi.loyalty.points.web.urls")),
]
