"""Deleting revisions of task definitions, and cleaning up those that nothing uses."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from ecsdash.access.models import User
from ecsdash.inventory.models import SweepState
from ecsdash.operations.hooks import CONDITIONS, LIVE_CHECKS, READERS
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Level, Plan
from services.models import ServiceDeployment, Task, TaskDefinition
from services.selectors.revision_use import deletable, reasons
from tests.operations import drive
from tests.services.simulated_services import SimulatedServices
from tests.services.simulated_tasks import SimulatedTasks

FAMILY = {"family": "web-front", "revision": 1}
SWEPT = ("task_definitions", "inactive_task_definitions", "services", "service_deployments", "tasks")


def with_revisions(stage: SimulatedTasks, number: int) -> None:
    """`web-front` has that many revisions, which are old for the inventory."""
    for _ in range(number - 1):
        stage.register()
    stage.sweep(*SWEPT)
    TaskDefinition.objects.update(registered_at=timezone.now() - timedelta(days=90))


def form(keep: int = 1, days: int = 0, how: str = "delete") -> dict[str, Any]:
    return {"keep": keep, "days": days, "how": how}


def review(stage: SimulatedTasks, user: User, data: dict[str, Any]) -> Plan:
    return drive.review("clean_up_task_definitions", user, stage.scope, stage.place(**FAMILY), data).plan


def clean_up(stage: SimulatedTasks, user: User, data: dict[str, Any]) -> Operation:
    operation = drive.start("clean_up_task_definitions", user, stage.scope, stage.place(**FAMILY), data)
    drive.succeed(operation, stage.sandbox)
    stage.sweep(*SWEPT)
    return operation


def statuses() -> dict[int, str]:
    rows = TaskDefinition.objects.filter(family="web-front", gone_at=None)
    return dict(rows.order_by("revision").values_list("revision", "status"))


def why(stage: SimulatedTasks, user: User, keep: int = 1, days: int = 0) -> dict[int, list[str]]:
    rows = deletable(stage.scope, "web-front")
    found = reasons(user, rows, keep, days)
    return {row.revision: found[row.arn] for row in rows}


def test_unused_revisions_are_deleted_in_batches_of_ten_and_the_newest_stays(
    stage: SimulatedTasks, operator: User
) -> None:
    with_revisions(stage, 13)
    operation = clean_up(stage, operator, form())
    deletes = [step.params["taskDefinitions"] for step in operation.plan.steps if step.key.startswith("delete")]
    assert [len(names) for names in deletes] == [10, 2]
    assert statuses() == {**dict.fromkeys(range(1, 13), "DELETE_IN_PROGRESS"), 13: "ACTIVE"}
    stage.sandbox.step(120)
    stage.sweep(*SWEPT)
    assert statuses() == {13: "ACTIVE"}


def test_the_review_says_of_each_revision_why_it_stays_or_goes(
    service_stage: SimulatedServices, operator: User
) -> None:
    service_stage.steady_service(1)
    with_revisions(service_stage, 4)
    plan = review(service_stage, operator, form(keep=2, how="deregister"))
    assert {change.path: change.after for change in plan.changes} == {
        "web-front:4": "ACTIVE: kept, one of the newest 2",
        "web-front:3": "ACTIVE: kept, one of the newest 2",
        "web-front:2": "INACTIVE: nothing uses it",
        "web-front:1": "ACTIVE: kept, runs in shop/web-front; a rollback of shop/web-front needs it; a task runs it",
    }
    assert [step.call for step in plan.steps] == ["ecs.deregister_task_definition"]


def test_what_a_rollback_needs_stays(service_stage: SimulatedServices, operator: User) -> None:
    service = service_stage.steady_service(1)
    with_revisions(service_stage, 4)
    for revision, age in ((2, 1), (3, 2)):
        arn = TaskDefinition.objects.get(family="web-front", revision=revision).arn
        ServiceDeployment.objects.create(
            account=service.account, region=service.region, arn=f"arn:{revision}", name=f"d{revision}",
            cluster_name="shop", service_name=service.name, status="SUCCESSFUL", task_definition=arn,
            created_at=timezone.now() + timedelta(days=300 - age), observed_at=timezone.now(),
        )  # fmt: skip
    found = why(service_stage, operator)
    assert found[2] == ["a rollback of shop/web-front needs it"] == found[3]
    ServiceDeployment.objects.filter(name="d3").update(status="IN_PROGRESS")
    assert why(service_stage, operator)[3] == ["being deployed to shop/web-front"]


def test_a_name_that_the_person_may_not_view_is_not_in_the_reasons(
    service_stage: SimulatedServices, outsider: User
) -> None:
    service_stage.steady_service(1)
    with_revisions(service_stage, 2)
    assert why(service_stage, outsider)[1][0] == "runs in a service that you may not view"


def test_what_was_registered_or_ran_lately_stays(stage: SimulatedTasks, operator: User) -> None:
    with_revisions(stage, 4)
    TaskDefinition.objects.filter(revision=2).update(registered_at=timezone.now() - timedelta(days=3, hours=1))
    stage.run("web-front:1")
    stage.let(60)
    Task.objects.update(last_status="STOPPED", created_at=timezone.now() - timedelta(days=1, hours=1))
    assert why(stage, operator, days=30) == {
        4: ["the newest"], 3: [], 2: ["registered 3 days ago"], 1: ["last started 1 day ago"],
    }  # fmt: skip
    assert why(stage, operator) == {4: ["the newest"], 3: [], 2: [], 1: []}


def test_a_task_that_started_after_the_review_stops_the_operation(stage: SimulatedTasks, operator: User) -> None:
    with_revisions(stage, 2)
    operation = drive.start("clean_up_task_definitions", operator, stage.scope, stage.place(**FAMILY), form())
    stage.run("web-front:1")
    stage.sandbox.step(60)
    drive.drive(operation, stage.sandbox)
    assert operation.state == "failed"
    stage.sweep(*SWEPT)
    assert statuses() == {1: "ACTIVE", 2: "ACTIVE"}
    clusters = {"clusters": ["shop"], "family": "web-front", "revisions": ["web-front:1"]}
    assert READERS["revisions_running"](stage.scope.connection(), **clusters) == {"running": ["web-front:1"]}


def test_a_schedule_that_starts_a_revision_blocks_its_deletion(stage: SimulatedTasks, operator: User) -> None:
    with_revisions(stage, 2)
    (check,) = review(stage, operator, form()).live_checks
    aws, ask = stage.scope.connection(), LIVE_CHECKS["no_schedule_names"]
    assert ask(aws, **check.params).level is Level.OK
    target = {
        "Id": "t", "Arn": check.params["clusters"][0], "RoleArn": "arn:aws:iam::123456789012:role/events",
        "EcsParameters": {"TaskDefinitionArn": check.params["task_definitions"][0]},
    }  # fmt: skip
    stage.client("events").put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    stage.client("events").put_targets(Rule="nightly", Targets=[target])
    found = ask(aws, **check.params)
    assert (found.level, found.detail) == (Level.BLOCK, "rule nightly starts web-front:1")


def test_without_services_in_the_inventory_nothing_is_proved(stage: SimulatedTasks, operator: User) -> None:
    with_revisions(stage, 2)
    SweepState.objects.filter(noun="services").delete()
    assert review(stage, operator, form()).blocked


def test_one_revision_is_deleted_only_when_it_is_inactive(stage: SimulatedTasks, operator: User) -> None:
    with_revisions(stage, 2)
    clean_up(stage, operator, form(how="deregister"))
    assert statuses() == {1: "INACTIVE", 2: "ACTIVE"}
    operation = drive.start("delete_task_definition", operator, stage.scope, stage.place(**FAMILY), {})
    drive.succeed(operation, stage.sandbox)
    stage.sweep(*SWEPT)
    assert statuses() == {1: "DELETE_IN_PROGRESS", 2: "ACTIVE"}


def test_a_revision_that_ecs_does_not_delete_fails_the_step(stage: SimulatedTasks) -> None:
    found = CONDITIONS["task_definitions_deleted"](stage.scope.connection(), ["web-front:1", "web-front:9"])
    assert found.failed == "ECS did not delete 1 of 2 revisions: web-front:1 is ACTIVE."
