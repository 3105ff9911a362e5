from importlib import import_module

from django.apps import AppConfig

from ecsdash.inventory.discovery import import_from_every_app


class ExternalChangesConfig(AppConfig):
    """Changes made outside this dashboard, read from CloudTrail and from EventBridge."""

    name = "ecsdash.external_changes"
    label = "external_changes"

    def ready(self) -> None:
        import_module("ecsdash.external_changes.codes")
        import_from_every_app("external_changes")
