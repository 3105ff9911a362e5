"""Import of modules that register something: a module or package with a given name in each app."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps


def import_from_every_app(*names: str) -> None:
    """Import `<app>.<name>` of every installed app that has it, and the modules in it when it is a package."""
    for name in names:
        for config in apps.get_app_configs():
            module = f"{config.name}.{name}"
            if find_spec(module):
                _import_whole(module)


def _import_whole(name: str) -> None:
    module = import_module(name)
    for below in iter_modules(getattr(module, "__path__", ()), f"{name}."):
        import_module(below.name)
