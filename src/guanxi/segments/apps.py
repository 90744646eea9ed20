from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "guanxi.segments"
    label = "segments"
