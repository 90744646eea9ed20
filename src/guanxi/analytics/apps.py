from importlib import import_module

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "guanxi.analytics"
    label = "analytics"

    def import_models(self) -> None:
        """The tables stand in a module of their own, so that the models beside them can be had without Django."""
        super().import_models()
        import_module("guanxi.analytics.models.stored")
