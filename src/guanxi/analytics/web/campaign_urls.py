"""Addresses of campaign results; part of the room's urls.py."""

from django.urls import path

from guanxi.analytics.web import campaign_result, campaign_returns, campaign_rows

urlpatterns = [
    path("marketing/", campaign_returns.show, name="campaign_returns"),
    path("campaigns/<int:campaign_id>/", campaign_result.show, name="campaign_result"),
    path("campaigns/<int:campaign_id>/<slug:arm>/<slug:measure>/", campaign_rows.show, name="campaign_rows"),
]
