"""Addresses under /loyalty/."""

from django.urls import include, path

app_name = "loyalty"
urlpatterns = [path("points/", include("guanxi.loyalty.points.web.urls"))]
