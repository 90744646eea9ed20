from django.urls import path

from guanxi.customers.web import duplicates, merging, relating

app_name = "merging"

urlpatterns = [
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/look/", duplicates.look, name="look"),
    path("duplicates/next/", duplicates.following, name="next"),
    path("merges/", merging.log, name="log"),
    path("merges/<int:merge_id>/undo/", merging.undo, name="undo"),
    path("<int:customer_id>/relate/", relating.relate, name="relate"),
    path("<int:customer_id>/relations/<int:relation_id>/part/", relating.part, name="part"),
    path("<int:customer_id>/merge/", merging.choose, name="choose"),
    path("<int:customer_id>/merge/<int:other_id>/", merging.review, name="review"),
]
