from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OperationsConfig(AppConfig):
    name = "ecsdash.operations"
    label = "operations"

    def ready(self) -> None:
        """Every module of every app's `actions` package, and what their plans name, is found by itself."""
        autodiscover_modules("conditions", "actions")
        import_module("ecsdash.operations.account_removal")
        for app in ("clusters", "services"):
            package = import_module(f"{app}.actions")
            for module in iter_modules(package.__path__, f"{package.__name__}."):
                import_module(module.name)
