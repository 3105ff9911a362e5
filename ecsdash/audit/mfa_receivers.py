"""Receivers of django-allauth's signals about second factors. Imported where allauth.mfa is installed."""

from functools import partial
from typing import Any

from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.dispatch import receiver
from django.http import HttpRequest

from ecsdash.access.client import client_ip
from ecsdash.access.models import User
from ecsdash.audit.receivers import about
from ecsdash.audit.record import record
from ecsdash.audit.refusals import refuse


@receiver(authentication_failed)
def record_wrong_code(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    """Record a wrong code after a right password."""
    detail = {"factor": str(authenticator.type)}
    refuse("sign_in", actor=None, actor_name=user.get_username(), source_ip=client_ip(request), detail=detail)


def record_authenticator(action: str, *, request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    """Somebody else than the user may do this, such as an administrator who removes a lost factor."""
    by = request.user if isinstance(request.user, User) else user
    detail = {"type": str(authenticator.type)}
    record(actor=by, source_ip=client_ip(request), action=action, detail=detail, **about(user))


for _signal, _action in (
    (authenticator_added, "add_authenticator"),
    (authenticator_removed, "remove_authenticator"),
    (authenticator_reset, "reset_authenticator"),
):
    _signal.connect(partial(record_authenticator, _action), weak=False, dispatch_uid=_action)
