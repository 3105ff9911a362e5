"""The product as a whole: whoever sends a job, in whatever process, sends it by our Celery application."""

from importlib import import_module

from django.apps import AppConfig


class EcsdashConfig(AppConfig):
    name = "ecsdash"
    label = "ecsdash"

    def ready(self) -> None:
        import_module("ecsdash.celery")
