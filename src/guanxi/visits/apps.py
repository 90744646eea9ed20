from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "guanxi.visits"
    label = "visits"
