from django.apps import AppConfig


class EventFeedsConfig(AppConfig):
    """The actions that connect and disconnect event feeds. ecsdash.inventory.events reads and applies the events."""

    name = "ecsdash.event_feeds"
    label = "event_feeds"
