from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class InventoryConfig(AppConfig):
    name = "ecsdash.inventory"
    label = "inventory"

    def ready(self) -> None:
        autodiscover_modules("sync", "needs", "retention", "event_handlers")
        import_module("ecsdash.inventory.health")
