from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "ecsdash.audit"

    def ready(self) -> None:
        for name in ("receivers", "health", "checks"):
            import_module(f"ecsdash.audit.{name}")
        if apps.is_installed("allauth.mfa"):
            import_module("ecsdash.audit.mfa_receivers")
        post_migrate.connect(after_migration, sender=self)


def after_migration(plan: list[tuple[Any, bool]] | None = None, **kwargs: Any) -> None:
    """Keep the audit tables append-only for every role but the owner, and record the migration."""
    import_module("ecsdash.audit.roles").protect()
    import_module("ecsdash.audit.migrated").record_migration(plan or [])
