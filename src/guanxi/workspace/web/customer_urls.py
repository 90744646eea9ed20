from django.urls import path

from guanxi.workspace.web import (
    batch_page,
    customer_fields,
    customer_form,
    customer_identifiers,
    customer_list,
    customer_notes,
    customer_page,
    owners,
)

app_name = "customers"

urlpatterns = [
    path("", customer_list.customer_list, name="list"),
    path("new/", customer_form.new, name="new"),
    path("shared/", customer_identifiers.shared, name="shared"),
    path("shared/<int:shared_id>/restore/", customer_identifiers.restore_shared, name="restore_shared"),
    path("people/<int:batch_id>/", batch_page.batch_page, name="batch"),
    path("people/<int:batch_id>/segment/", batch_page.make_segment, name="batch_segment"),
    path("<int:customer_id>/", customer_page.customer_page, name="page"),
    path("<int:customer_id>/edit/", customer_form.edit, name="edit"),
    path("<int:customer_id>/fields/", customer_fields.change, name="fields"),
    path("<int:customer_id>/owner/", owners.assign, name="owner"),
    path("<int:customer_id>/notes/", customer_notes.write, name="notes"),
    path("<int:customer_id>/notes/<int:note_id>/", customer_notes.change, name="note"),
    path("<int:customer_id>/files/", customer_notes.attach, name="files"),
    path("<int:customer_id>/files/<int:file_id>/", customer_notes.download, name="file"),
    path("<int:customer_id>/files/<int:file_id>/delete/", customer_notes.remove, name="file_remove"),
    path("<int:customer_id>/timeline/", customer_page.customer_timeline, name="timeline"),
    path("<int:customer_id>/reveal/", customer_page.reveal, name="reveal"),
    path("<int:customer_id>/tag/", customer_page.tag, name="tag"),
    path("<int:customer_id>/consent/", customer_page.consent, name="consent"),
    path("<int:customer_id>/erase/", customer_page.erase, name="erase"),
    path("<int:customer_id>/split/", customer_identifiers.split, name="split"),
    path("<int:customer_id>/identifiers/add/", customer_identifiers.add_identifier, name="add_identifier"),
    path(
        "<int:customer_id>/identifiers/<int:identifier_id>/verify/",
        customer_identifiers.verify_identifier,
        name="verify_identifier",
    ),
    path(
        "<int:customer_id>/identifiers/<int:identifier_id>/forget/",
        customer_identifiers.forget_identifier,
        name="forget_identifier",
    ),
]
