"""One module per noun; every model can be imported from here."""

from ecsdash.inventory.models.account import Account, ConnectionTest, Verdict
from ecsdash.inventory.models.event_feed import DeadLetter, EventFeed, FeedProgress, PendingDescribe
from ecsdash.inventory.models.resource import ChangeCounter, Choice, Crumbs, Place, Resource, ResourceQuerySet
from ecsdash.inventory.models.sweep import SweepState

__all__ = [
    "Account",
    "ChangeCounter",
    "Choice",
    "ConnectionTest",
    "Crumbs",
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
