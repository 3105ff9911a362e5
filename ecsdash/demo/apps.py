from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Sign-in links and demo data. Installed only if ECSDASH_DEMO is set."""

    name = "ecsdash.demo"
    label = "demo"
