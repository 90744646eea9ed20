from django.urls import path

from guanxi.workspace.web import batch_page, customer_form, customer_list, customer_page

app_name = "customers"

urlpatterns = [
    path("", customer_list.customer_list, name="list"),
    path("new/", customer_form.new, name="new"),
    path("shared/", customer_page.shared, name="shared"),
    path("shared/<int:shared_id>/restore/", customer_page.restore_shared, name="restore_shared"),
    path("people/<int:batch_id>/", batch_page.batch_page, name="batch"),
    path("people/<int:batch_id>/segment/", batch_page.make_segment, name="batch_segment"),
    path("<int:customer_id>/", customer_page.customer_page, name="page"),
    path("<int:customer_id>/edit/", customer_form.edit, name="edit"),
    path("<int:customer_id>/timeline/", customer_page.customer_timeline, name="timeline"),
    path("<int:customer_id>/reveal/", customer_page.reveal, name="reveal"),
    path("<int:customer_id>/tag/", customer_page.tag, name="tag"),
    path("<int:customer_id>/consent/", customer_page.consent, name="consent"),
    path("<int:customer_id>/erase/", customer_page.erase, name="erase"),
    path(
        "<int:customer_id>/identifiers/<int:identifier_id>/forget/",
        customer_page.forget_identifier,
        name="forget_identifier",
    ),
]
