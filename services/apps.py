from importlib import import_module

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "services"

    def ready(self) -> None:
        """Register the source of the services and tasks in a cluster with the clusters app."""
        import_module("services.planning.cluster_occupants")
