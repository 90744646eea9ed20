from django.urls import path

from guanxi.workspace.web.home import home

urlpatterns = [path("", home, name="home")]
