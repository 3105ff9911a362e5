from importlib import import_module

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "services"

    def ready(self) -> None:
        """Tell the clusters app what runs in a cluster, and the pages of operations what these brought about."""
        import_module("services.planning.cluster_workload")
        import_module("services.views.next_steps")
        import_module("services.views.ran_tasks")
