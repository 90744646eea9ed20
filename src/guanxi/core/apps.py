from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "guanxi.core"
    label = "core"

    def ready(self) -> None:
        """Every room tells core what it has: rights, event readers, jobs and menu entries."""
        autodiscover_modules("permissions", "subscribers", "tasks", "navigation", "exports", "checks")
        post_migrate.connect(_make_roles, sender=self)


def _make_roles(**options: Any) -> None:
    from guanxi.core.permissions import sync_roles

    sync_roles()
