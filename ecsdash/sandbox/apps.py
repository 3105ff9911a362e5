from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "ecsdash.sandbox"
    label = "sandbox"
