from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Installed only where ECSDASH_DEMO is on."""

    name = "ecsdash.demo"
    label = "demo"
