from django.urls import path

from guanxi.core.web import palette, profile, switches

app_name = "core"
urlpatterns = [
    path("search/", palette.search, name="search"),
    path("language/", switches.language, name="language"),
    path("theme/", switches.theme, name="theme"),
    path("profile/", profile.profile, name="profile"),
]
