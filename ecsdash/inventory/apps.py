from importlib import import_module

from django.apps import AppConfig

from ecsdash.inventory.discovery import import_from_every_app


class InventoryConfig(AppConfig):
    name = "ecsdash.inventory"
    label = "inventory"

    def ready(self) -> None:
        import_from_every_app("sync", "aws_permissions", "retention", "event_handlers")
        for name in ("events.feeds", "accounts.permissions", "health"):
            import_module(f"ecsdash.inventory.{name}")
