from django.apps import AppConfig


class EventFeedsConfig(AppConfig):
    """Connecting and disconnecting event feeds. What reads and applies events is in ecsdash.inventory.events."""

    name = "ecsdash.event_feeds"
    label = "event_feeds"
