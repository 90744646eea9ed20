"""Addresses under /customers/people/; the page of one batch joins rooms and is the workspace's."""

from django.urls import path

from guanxi.customers.web.people import checking, listing, results, uploading

app_name = "people"
urlpatterns = [
    path("", listing.batches, name="batches"),
    path("new/", uploading.upload, name="upload"),
    path("files/<int:file_id>/", results.file_page, name="file"),
    path("files/<int:file_id>/check/", checking.check, name="check"),
    path("files/<int:file_id>/mapping/", checking.save_mapping, name="mapping"),
    path("files/<int:file_id>/start/", checking.start, name="start"),
    path("files/<int:file_id>/progress/", results.progress, name="progress"),
    path("files/<int:file_id>/cancel/", results.cancel, name="cancel"),
    path("files/<int:file_id>/again/", results.again, name="again"),
    path("files/<int:file_id>/discard/", results.discard, name="discard"),
    path("files/<int:file_id>/rejected/", results.rejected, name="rejected"),
]
