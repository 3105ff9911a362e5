"""A password that somebody else generated is changed at the first sign-in."""

from typing import Any

from allauth.account.signals import password_changed, password_set
from django.dispatch import receiver

from ecsdash.access.models import User


@receiver([password_changed, password_set])
def note_own_password(user: User, **_: Any) -> None:
    if user.must_change_password:
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
