from django.urls import path

from guanxi.visits.web.collector import collect

app_name = "collector"

urlpatterns = [path("<str:key>", collect, name="collect")]
