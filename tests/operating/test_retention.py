"""How long the dashboard's own rows are kept."""

from datetime import timedelta

from django.utils import timezone
from pytest_django import Settings

from ecsdash.access.models import User, UserSession
from ecsdash.inventory import retention
from ecsdash.inventory.models import Account
from ecsdash.operations.models import Draft, Operation, OperationStep
from ecsdash.operations.plan import Step
from tests.operations.conftest import ScriptedAws, draft_of
from tests.operations.drive import confirm, succeed

MAKE = Step("make", "Make", "ecs.create_cluster", {"clusterName": "shop"})


def ended(account: Account, user: User, key: str, days: int, **columns: object) -> Operation:
    operation = succeed(confirm(draft_of(account, user, MAKE, key=key)))
    Operation.objects.filter(pk=operation.pk).update(ended_at=timezone.now() - timedelta(days=days), **columns)
    return operation


def test_operations_go_with_their_steps_but_one_that_was_undone_only_after_its_undo(
    account: Account, operator: User, aws: ScriptedAws, settings: Settings
) -> None:
    settings.OPERATION_RETENTION_DAYS = 30
    old, undone, new = (ended(account, operator, key, days) for key, days in (("a", 31), ("b", 31), ("c", 29)))
    undo = ended(account, operator, "d", 29, undo_of=undone)
    active = confirm(draft_of(account, operator, MAKE))
    retention.prune()
    assert set(Operation.objects.all()) == {undone, new, undo, active}
    assert not OperationStep.objects.filter(operation=old.pk).exists()
    settings.OPERATION_RETENTION_DAYS = 28
    retention.prune()
    retention.prune()
    assert set(Operation.objects.all()) == {active}


def test_plans_that_nobody_confirmed_go_after_a_day(account: Account, operator: User) -> None:
    old, new = (draft_of(account, operator, MAKE, key=key) for key in ("a", "b"))
    Draft.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=25))
    retention.prune()
    assert list(Draft.objects.all()) == [new]


def test_sessions_go_a_day_after_they_expired(db: None) -> None:
    for key, hours in (("old", -25), ("expired", -1), ("valid", 1)):
        expires = timezone.now() + timedelta(hours=hours)
        UserSession.objects.create(session_key=key, session_data="", expire_date=expires)
    retention.prune()
    assert set(UserSession.objects.values_list("pk", flat=True)) == {"expired", "valid"}
