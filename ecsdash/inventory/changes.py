"""Change counters: pages compare them to find out whether anything changed.

A counter is incremented in the transaction that changes rows of its noun; its new value is published to the web
processes after the commit.
"""

from collections.abc import Iterable
from functools import partial
from hashlib import blake2b
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from ecsdash.audit.models import COUNTER
from ecsdash.audit.selectors import newest
from ecsdash.inventory import viewers
from ecsdash.inventory.models import Account, ChangeCounter
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.viewers import NounKey
from ecsdash.web.polling import pubsub
from ecsdash.web.polling.counters import Version

_BUMP: Final = """
    INSERT INTO inventory_changecounter (account_id, region, noun, value) VALUES (%s, %s, %s, 1)
    ON CONFLICT (account_id, region, noun) DO UPDATE SET value = inventory_changecounter.value + 1
    RETURNING value
"""


def bump(account: Account, region: str, noun: str) -> None:
    """Increment the counter of a noun, in the transaction that changes its rows."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_BUMP, [account.pk, region, noun])
        (value,) = cursor.fetchone()
        transaction.on_commit(partial(pubsub.publish_counters, {_name(account.pk, region, noun): value}))


def version_of(scopes: Scope | Iterable[Scope], *nouns: str) -> Version:
    """Return the version of a page that shows these nouns in these scopes.

    It changes with every change of a row, with the availability of AWS, and with the account's name or environment.
    """
    wanted = [scopes] if isinstance(scopes, Scope) else list(scopes)
    counters = Version.of(_values((scope.account.pk, scope.region, noun) for scope in wanted for noun in nouns))
    marks = sorted({(scope.account.alias, scope.account.name, scope.account.environment) for scope in wanted})
    return counters.also(blake2b(repr(marks).encode(), digest_size=8).hexdigest())


def read_counters(names: Iterable[str]) -> dict[str, int]:
    """Return the values of these counters, including that of the audit trail, and return the connection to its pool."""
    wanted = set(names)
    try:
        events = {COUNTER: newest()} if COUNTER in wanted else {}
        return events | _values(_noun_key(name) for name in wanted - {COUNTER})
    finally:
        connection.close()


def note_viewed(names: Iterable[str]) -> None:
    """Record that the nouns of these counters are being viewed."""
    viewers.note(_noun_key(name) for name in names if name != COUNTER)


@receiver([post_save, post_delete], sender=Account)
def publish_account_change(**_: Any) -> None:
    """Publish that access changed: the accounts and regions determine what users can view."""
    transaction.on_commit(pubsub.publish_access_change)


def _values(keys: Iterable[NounKey]) -> dict[str, int]:
    """Return the values of counters, 0 for those without a row."""
    values = {_name(*key): 0 for key in keys}
    if values:
        wanted = [_noun_key(name) for name in values]
        rows: Any = ChangeCounter.objects.filter(
            Q(account__in={pk for pk, _, _ in wanted}),
            region__in={region for _, region, _ in wanted},
            noun__in={noun for _, _, noun in wanted},
        ).values_list("account_id", "region", "noun", "value")
        found = {_name(pk, region, noun): value for pk, region, noun, value in rows}
        values |= {name: value for name, value in found.items() if name in values}
    return values


def _name(account_pk: int, region: str, noun: str) -> str:
    return f"{account_pk}.{region}.{noun}"


def _noun_key(name: str) -> NounKey:
    account, region, noun = name.split(".")
    return int(account), region, noun
