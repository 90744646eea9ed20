"""Addresses of tiers; part of the loyalty room's."""

from django.urls import path

from guanxi.loyalty.tiers.web import editing, granting, pages

urlpatterns = [
    path("", pages.tiers, name="tiers"),
    path("new/", editing.new, name="tier_programme_new"),
    path("<int:programme_id>/edit/", editing.edit, name="tier_programme_edit"),
    path("<int:programme_id>/members/", pages.members, name="tier_members"),
    path("<int:programme_id>/history/", pages.history, name="tier_history"),
    path("<int:programme_id>/evaluate/", pages.evaluate, name="tier_evaluate"),
    path("<int:programme_id>/close/", pages.close, name="tier_programme_close"),
    path("customers/<int:customer_id>/", granting.customer, name="tier_customer"),
    path("customers/<int:customer_id>/set/", granting.set_tier, name="tier_set"),
    path("customers/<int:customer_id>/take-back/<int:grant_id>/", granting.take_back, name="tier_take_back"),
]
