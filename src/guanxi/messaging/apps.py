from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "guanxi.messaging"
    label = "messaging"
