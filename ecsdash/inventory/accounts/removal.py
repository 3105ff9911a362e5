"""Removal of an account: it is disabled immediately, and a worker deletes its inventory in batches.

The row itself is kept because operations and the audit trail refer to it.
"""

from collections.abc import Callable

from django.apps import apps
from django.db import models
from django.utils import timezone

from ecsdash.inventory import retention
from ecsdash.inventory.models import Account, ChangeCounter, ConnectionTest, Resource, SweepState

RemovalCheck = Callable[[Account], str]
_removal_checks: list[RemovalCheck] = []


def removal_check(function: RemovalCheck) -> RemovalCheck:
    """Register a check. It returns the reason why an account cannot be removed now, "" if it can."""
    _removal_checks.append(function)
    return function


def removal_obstacle(account: Account) -> str:
    return next((text for each in _removal_checks if (text := each(account))), "")


def remove(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(enabled=False, removed_at=timezone.now())


def clear(account_pk: int) -> None:
    """Delete the inventory of a removed account. Do nothing if the account was added again."""
    if not Account.objects.filter(pk=account_pk).exclude(removed_at=None).exists():
        return
    others: list[type[models.Model]] = [SweepState, ChangeCounter, ConnectionTest]
    for model in [*resource_models(), *others]:
        retention.delete_in_batches(model._default_manager.filter(account=account_pk))


def clear_removed() -> None:
    for pk in Account.objects.exclude(removed_at=None).values_list("pk", flat=True):
        clear(pk)


def resource_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, Resource)]
