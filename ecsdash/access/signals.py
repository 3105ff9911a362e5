"""Signals of access changes. ecsdash.audit, which may import this package, records them."""

from django.dispatch import Signal

# actor: User, source_ip: str, action: str, resource_type: str, resource_name: str,
# changes: list of {path, before, after}, reason: str.
# Sent with `send` inside the transaction of the change: when a receiver raises, the change is rolled back.
access_changed = Signal()

# request, credentials: dict with `username`. A sign-in was refused because too many before it failed.
sign_in_locked = Signal()
