from importlib import import_module

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "ecsdash.access"

    def ready(self) -> None:
        import_module("ecsdash.access.publishing")
        rights = import_module("ecsdash.web.polling.grants")
        rights.told_by(import_module("ecsdash.access.policy").fingerprint)
