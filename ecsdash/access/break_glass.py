"""Administrator rights for an hour, for people who may take them in an emergency. They end by themselves."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from ecsdash.access.changes import By, Refused, change
from ecsdash.access.models import Grant, User
from ecsdash.access.permissions import Role

LASTS: Final = timedelta(hours=1)


@transaction.atomic
def take(by: By, user: User, reason: str) -> Grant:
    """Give the user a grant for everything that expires in an hour. Raise Refused when they may not take it."""
    if not user.may_break_glass:
        raise Refused("You may not take administrator rights. Ask an administrator.")
    if grant := current(user):
        return grant
    until = timezone.now() + LASTS
    grant = Grant.objects.create(
        user=user, role=Role.ADMIN, note=reason[:200], created_by=user, expires_at=until, break_glass=True
    )
    by.announce("take_break_glass", user, change("administrator until", None, until.isoformat()), reason=reason)
    return grant


@transaction.atomic
def end(by: By, user: User) -> None:
    grant = current(user)
    if grant is None:
        return
    before, grant.expires_at = grant.expires_at, timezone.now()
    grant.save(update_fields=["expires_at"])
    by.announce("end_break_glass", user, change("administrator until", before and before.isoformat(), None))


def current(user: User) -> Grant | None:
    """Return the grant that the user has taken and that has not ended."""
    return Grant.objects.in_force().filter(user=user, break_glass=True).first() if user.may_break_glass else None
