"""Models of the inventory, one module per noun."""

from ecsdash.inventory.models.account import Account, ConnectionTest, Verdict
from ecsdash.inventory.models.event_feed import DeadLetter, EventFeed, FeedProgress, PendingDescribe
from ecsdash.inventory.models.resource import ChangeCounter, Choice, Place, Resource, ResourceQuerySet
from ecsdash.inventory.models.sweep import SweepState

__all__ = [
    "Account",
    "ChangeCounter",
    "Choice",
    "ConnectionTest",
    "DeadLetter",
    "EventFeed",
    "FeedProgress",
    "PendingDescribe",
    "Place",
    "Resource",
    "ResourceQuerySet",
    "SweepState",
    "Verdict",
]
