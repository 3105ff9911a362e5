"""Views of AWS accounts, event feeds and the inventory refresh."""

from ecsdash.inventory.views.accounts import account, account_list, new_account, remove_account
from ecsdash.inventory.views.connection import account_connection, account_policies, test_account
from ecsdash.inventory.views.events import event_feed, event_feeds
from ecsdash.inventory.views.sweeps import sweep_list

__all__ = [
    "account",
    "account_connection",
    "account_list",
    "account_policies",
    "event_feed",
    "event_feeds",
    "new_account",
    "remove_account",
    "sweep_list",
    "test_account",
]
