from importlib import import_module

from django.apps import AppConfig

from ecsdash.web.polling import grants_fingerprint


class AccessConfig(AppConfig):
    name = "ecsdash.access"

    def ready(self) -> None:
        for name in ("publishing", "authentication", "provider", "passwords"):
            import_module(f"ecsdash.access.{name}")
        grants_fingerprint.provide(import_module("ecsdash.access.policy").fingerprint)
