"""Publish changes of access to the web processes.

Poll tickets (see ecsdash.web.polling) that were issued before such a change become invalid.
"""

from functools import partial
from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from ecsdash.access.models import Grant, Membership, Team, User
from ecsdash.web.polling import pubsub
from ecsdash.web.polling.tickets import session_digest

SIGNING_IN = {"last_login"}


@receiver([post_save, post_delete], sender=User)
@receiver([post_save, post_delete], sender=Team)
@receiver([post_save, post_delete], sender=Membership)
@receiver([post_save, post_delete], sender=Grant)
def publish_change(sender: type[Any], update_fields: frozenset[str] | None = None, **_: Any) -> None:
    if update_fields is None or set(update_fields) - SIGNING_IN:
        transaction.on_commit(pubsub.publish_access_change)


@receiver(user_logged_out)
def publish_sign_out(sender: Any, request: HttpRequest, **_: Any) -> None:
    if key := request.session.session_key:
        transaction.on_commit(partial(pubsub.publish_session_end, session_digest(key)))
