from importlib import import_module

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "services"

    def ready(self) -> None:
        """Tell the clusters app what runs in a cluster."""
        import_module("services.planning.cluster_workload")
