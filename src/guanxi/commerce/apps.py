from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "guanxi.commerce"
    label = "commerce"
