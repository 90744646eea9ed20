"""Addresses under /loyalty/points/."""

from django.urls import path

from guanxi.loyalty.points.web import adjustments, customer, ledger, owed, programmes

urlpatterns = [
    path("", ledger.ledger, name="points"),
    path("customers/<int:customer_id>/", customer.statement, name="points_customer"),
    path("customers/<int:customer_id>/adjust/", adjustments.adjust, name="points_adjust"),
    path("adjustments/", adjustments.adjustment_list, name="points_adjustments"),
    path("adjustments/<int:adjustment_id>/approve/", adjustments.approve, name="points_approve"),
    path("adjustments/<int:adjustment_id>/refuse/", adjustments.refuse, name="points_refuse"),
    path("owed/", owed.page, name="points_owed"),
    path("owed/csv/", owed.download, name="points_owed_csv"),
    path("programmes/", programmes.programme_list, name="points_programmes"),
    path("programmes/new/", programmes.new, name="points_programme_new"),
    path("programmes/<int:programme_id>/", programmes.edit, name="points_programme"),
    path("programmes/<int:programme_id>/rules/", programmes.add_rule, name="points_rule_add"),
    path("programmes/<int:programme_id>/catch-up/", programmes.catch_up, name="points_catch_up"),
    path("rules/<int:rule_id>/remove/", programmes.remove_rule, name="points_rule_remove"),
]
