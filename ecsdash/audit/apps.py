from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "ecsdash.audit"

    def ready(self) -> None:
        from ecsdash.audit import receivers  # noqa: F401  connects the signals
