from django.apps import AppConfig


class OperatingConfig(AppConfig):
    """What those who run the dashboard need: metrics, self-check, backup, restore, retention."""

    name = "ecsdash.operating"
    label = "operating"
