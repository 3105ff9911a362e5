from importlib import import_module

from django.apps import AppConfig

from ecsdash.inventory.discovery import import_from_every_app


class OperationsConfig(AppConfig):
    name = "ecsdash.operations"
    label = "operations"

    def ready(self) -> None:
        import_from_every_app("runtime", "actions", "ownership")
        import_module("ecsdash.operations.account_removal")
