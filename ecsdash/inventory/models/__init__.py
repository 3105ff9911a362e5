"""Models of the inventory, one module per noun."""

from ecsdash.inventory.models.account import READ_ONLY, Account, ConnectionTest, Verdict
from ecsdash.inventory.models.event_feed import DeadLetter, EventFeed, FeedProgress, PendingDescribe
from ecsdash.inventory.models.former_state import FormerState
from ecsdash.inventory.models.resource import (
    ChangeCounter,
    Choice,
    Crumbs,
    Resource,
    ResourceQuerySet,
    ScopeCondition,
)
from ecsdash.inventory.models.sweep import SweepState

__all__ = [
    "READ_ONLY",
    "Account",
    "ChangeCounter",
    "Choice",
    "ConnectionTest",
    "Crumbs",
    "DeadLetter",
    "EventFeed",
    "FeedProgress",
    "FormerState",
    "PendingDescribe",
    "Resource",
    "ResourceQuerySet",
    "ScopeCondition",
    "SweepState",
    "Verdict",
]
