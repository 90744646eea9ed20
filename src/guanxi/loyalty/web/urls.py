"""Addresses of the loyalty room."""

from django.urls import include, path

app_name = "loyalty"
urlpatterns = [
    path("tiers/", include("guanxi.loyalty.tiers.web.urls")),
]
