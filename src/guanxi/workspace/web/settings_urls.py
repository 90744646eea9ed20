"""Pages of Settings that join rooms."""

from django.urls import path

from guanxi.workspace.web import owners, tags

app_name = "workspace"

urlpatterns = [
    path("tags/", tags.tag_list, name="tags"),
    path("tags/<int:tag_id>/", tags.tag, name="tag"),
    path("tags/<int:tag_id>/merge/", tags.merge, name="tag_merge"),
    path("tags/<int:tag_id>/delete/", tags.delete, name="tag_delete"),
    path("users/<int:user_id>/customers/", owners.hand_over, name="hand_over"),
]
