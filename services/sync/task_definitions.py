"""Sweep of task definitions. Only the status and the tags of a revision change, so each is described once, and again
after an operation changed its tags."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ecsdash.aws.calls import Aws, batches
from ecsdash.aws.errors import AwsError
from ecsdash.inventory import changes, store
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps.registry import refresher, sweeper
from ecsdash.operations.models import Operation
from services.models import Service, Task, TaskDefinition

#: Maximum number of revisions that one sweep describes; the next sweep continues. ECS allows 20 per second.
DESCRIBED_AT_ONCE = 500
STORED_AT_ONCE = 50
#: The actions that change tags, and for how long after an operation of them its revision is described again.
TAG_ACTIONS, TAGGED_LATELY = ("edit_task_definition_tags", "revert_tag_change"), timedelta(minutes=1)


@sweeper("task_definitions")
def sweep(scope: Scope) -> None:
    aws = scope.connection()
    active = aws.collect("ecs.list_task_definitions", "taskDefinitionArns", status="ACTIVE", sort="DESC")
    rows = TaskDefinition.objects.in_scope(scope.account, scope.region)
    known = dict(rows.values_list("arn", "status"))
    wanted = [arn for arn in _newest_first(active) if arn not in known]
    wanted += sorted(_in_use(scope) - known.keys() - set(wanted))
    wanted += sorted(_tagged(scope) & known.keys())
    _store(scope, aws, wanted[:DESCRIBED_AT_ONCE])
    listed = set(active)
    _set_status(scope, [arn for arn, status in known.items() if status == "ACTIVE" and arn not in listed], "INACTIVE")
    _set_status(scope, [arn for arn, status in known.items() if status != "ACTIVE" and arn in listed], "ACTIVE")


@refresher("task_definitions")
def refresh(scope: Scope, arns: Sequence[str]) -> None:
    _store(scope, scope.connection(), arns)


@sweeper("inactive_task_definitions", choice=True)
def sweep_inactive(scope: Scope) -> None:
    """Sweep the revisions that are deregistered or being deleted, and mark those as gone that ECS has deleted."""
    aws, started = scope.connection(), timezone.now()
    listed = {
        arn: status
        for status in ("INACTIVE", "DELETE_IN_PROGRESS")
        for arn in aws.collect("ecs.list_task_definitions", "taskDefinitionArns", status=status, sort="DESC")
    }
    rows = TaskDefinition.objects.in_scope(scope.account, scope.region)
    known = dict(rows.present().values_list("arn", "status"))
    wanted = [arn for arn in _newest_first(list(listed)) if arn not in known]
    _store(scope, aws, wanted[:DESCRIBED_AT_ONCE])
    for wrong in ("INACTIVE", "DELETE_IN_PROGRESS"):
        arns = [arn for arn, status in listed.items() if status == wrong and known.get(arn, wrong) != wrong]
        _set_status(scope, arns, wrong)
    older = Q(status__in=["INACTIVE", "DELETE_IN_PROGRESS"], observed_at__lt=started)
    store.mark_missing(TaskDefinition, scope, listed, "task_definitions", older)


def _newest_first(arns: Sequence[str]) -> list[str]:
    """Return the latest revision of every family, then the second latest of each, and so on.

    `arns` are in ECS's descending order: by family, then by revision.
    """
    families = [list(group) for _, group in groupby(arns, key=family_of)]
    ranked = [(rank, arn) for family in families for rank, arn in enumerate(family)]
    return [arn for _, arn in sorted(ranked, key=lambda each: each[0])]


def _in_use(scope: Scope) -> set[str]:
    """Return the revisions that services and tasks use, which may be INACTIVE."""
    services = Service.objects.in_scope(scope.account, scope.region).present().exclude(task_definition="")
    tasks = Task.objects.in_scope(scope.account, scope.region).present()
    return {*services.values_list("task_definition", flat=True), *tasks.values_list("task_definition_arn", flat=True)}


def _tagged(scope: Scope) -> set[str]:
    """Return the revisions whose tags an operation changes, or has just changed."""
    rows = Operation.objects.filter(account=scope.account, region=scope.region, action__in=TAG_ACTIONS)
    lately = Q(ended_at=None) | Q(ended_at__gt=timezone.now() - TAGGED_LATELY)
    return set(rows.filter(lately).values_list("resource_key", flat=True))


def _store(scope: Scope, aws: Aws, arns: Sequence[str]) -> None:
    for some in batches(arns, STORED_AT_ONCE):
        records = [record for arn in some if (record := _describe(aws, arn))]
        store.upsert(TaskDefinition, scope, records, "task_definitions")


def _describe(aws: Aws, arn: str) -> Record | None:
    """Return the record of a revision; None if it was deleted."""
    try:
        answer = aws.call("ecs.describe_task_definition", taskDefinition=arn, include=["TAGS"]).data
    except AwsError as error:
        if error.code == "ClientException":
            return None
        raise
    return record_of(answer["taskDefinition"], answer.get("tags", []))


def record_of(definition: dict[str, Any], tags: list[dict[str, str]]) -> Record:
    columns = {
        "family": definition["family"],
        "revision": definition["revision"],
        "status": definition["status"],
        "network_mode": definition.get("networkMode", ""),
        "requires_compatibilities": definition.get("requiresCompatibilities", []),
        "cpu": int(definition.get("cpu") or 0),
        "memory": int(definition.get("memory") or 0),
        "images": [container.get("image", "") for container in definition["containerDefinitions"]],
        "registered_at": definition.get("registeredAt"),
        "registered_by": definition.get("registeredBy", ""),
    }
    name = f"{definition['family']}:{definition['revision']}"
    return Record(definition["taskDefinitionArn"], name, definition, store.tag_dict(tags), columns)


def _set_status(scope: Scope, arns: Sequence[str], status: str) -> None:
    if arns:
        TaskDefinition.objects.filter(arn__in=arns).update(status=status, observed_at=timezone.now())
        changes.bump(scope.account, scope.region, "task_definitions")


def family_of(arn: str) -> str:
    return arn.rpartition(":")[0].rpartition("/")[2]
