from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "ecsdash.audit"

    def ready(self) -> None:
        for name in ("receivers", "health", "checks"):
            import_module(f"ecsdash.audit.{name}")
        post_migrate.connect(protect_tables, sender=self)


def protect_tables(**kwargs: Any) -> None:
    """Keep the audit tables append-only for every other role, whatever the migration granted by default."""
    import_module("ecsdash.audit.roles").protect()
