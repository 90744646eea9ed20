"""Addresses of the segments room."""

from django.urls import path

from guanxi.segments.web import building, importing, listing, pages, tagging

app_name = "segments"
urlpatterns = [
    path("", listing.segments, name="list"),
    path("new/", building.new, name="new"),
    path("import/", importing.bring, name="import"),
    path("preview/", building.preview, name="preview"),
    path("suggest/<slug:source>/", building.suggest, name="suggest"),
    path("tags/", tagging.follow, name="tag_rule"),
    path("<int:segment_id>/", pages.page, name="page"),
    path("<int:segment_id>/edit/", building.edit, name="edit"),
    path("<int:segment_id>/members/", pages.members, name="members"),
    path("<int:segment_id>/history/", pages.history, name="history"),
    path("<int:segment_id>/refresh/", pages.refresh, name="refresh"),
    path("<int:segment_id>/tags/<int:rule_id>/end/", tagging.end, name="tag_rule_end"),
    path("<int:segment_id>/duplicate/", pages.duplicate, name="duplicate"),
    path("<int:segment_id>/archive/", pages.archive, name="archive"),
    path("<int:segment_id>/restore/", pages.restore, name="restore"),
]
