"""Pages of Settings that the customers room brings."""

from django.urls import path

from guanxi.customers.web import fields

app_name = "customer_settings"

urlpatterns = [
    path("fields/", fields.fields, name="fields"),
    path("fields/new/", fields.new, name="field_new"),
    path("fields/<int:field_id>/", fields.edit, name="field"),
    path("fields/<int:field_id>/move/", fields.move, name="field_move"),
    path("fields/<int:field_id>/archive/", fields.archive, name="field_archive"),
    path("fields/<int:field_id>/restore/", fields.restore, name="field_restore"),
]
