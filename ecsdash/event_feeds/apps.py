from django.apps import AppConfig


class EventFeedsConfig(AppConfig):
    """Actions that connect and disconnect event feeds. Events are read and applied by ecsdash.inventory.events."""

    name = "ecsdash.event_feeds"
    label = "event_feeds"
