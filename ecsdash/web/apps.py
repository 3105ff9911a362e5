from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "ecsdash.web"
    label = "web"
