"""Pages of Settings that join rooms."""

from django.urls import path

from guanxi.workspace.web import owners

app_name = "workspace"

urlpatterns = [
    path("users/<int:user_id>/customers/", owners.hand_over, name="hand_over"),
]
