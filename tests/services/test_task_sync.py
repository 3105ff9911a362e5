"""Tasks and task definitions come from AWS into the inventory, and what AWS forgets stays there."""

from typing import Any

import pytest

from ecsdash.aws.calls import Connection
from ecsdash.aws.errors import Unavailable
from ecsdash.inventory.models import SweepState
from services.models import LogGroup, Repository, Secret, Task, TaskDefinition
from services.sync import logs
from services.sync.task_definitions import _newest_first
from tests.services.simulated_tasks import SimulatedTasks


def test_a_running_task_is_stored_with_what_lists_show(stage: SimulatedTasks) -> None:
    (task_id,) = stage.run()
    stage.let(30)
    task = stage.task(task_id)
    assert (task.last_status, task.desired_status) == ("RUNNING", "RUNNING")
    assert (task.cluster_name, task.service_name, task.task_definition) == ("shop", "", "web-front:1")
    assert (task.cpu, task.memory, task.launch_type) == (256, 512, "FARGATE")
    assert task.private_ip.startswith(("10.", "172."))


def test_a_task_of_a_service_knows_its_service(stage: SimulatedTasks) -> None:
    stage.serve()
    stage.let(30)
    assert set(Task.objects.values_list("service_name", flat=True)) == {"web-front"}


def test_a_stopped_task_stays_after_ecs_has_forgotten_it(stage: SimulatedTasks) -> None:
    (task_id,) = stage.run()
    stage.sandbox.step(30)
    stage.client("ecs").stop_task(cluster="shop", task=task_id, reason="enough")
    stage.let(60)
    stopped = stage.task(task_id)
    assert (stopped.last_status, stopped.stopped_reason, stopped.forgotten) == ("STOPPED", "enough", False)
    stage.let(4000)
    kept = stage.task(task_id)
    assert (kept.last_status, kept.stopped_reason, kept.forgotten) == ("STOPPED", "enough", True)


def test_a_failed_sweep_of_tasks_marks_none_as_gone(stage: SimulatedTasks, monkeypatch: pytest.MonkeyPatch) -> None:
    (task_id,) = stage.run()
    stage.let(30)

    def fail(self: Connection, *args: Any, **kwargs: Any) -> list[Any]:
        raise Unavailable("EndpointConnectionError", "no way to AWS")

    monkeypatch.setattr(Connection, "describe", fail)
    stage.sweep("tasks")
    assert SweepState.objects.get(noun="tasks").error == "no way to AWS"
    assert not stage.task(task_id).forgotten


def test_a_revision_is_described_once_and_becomes_inactive(stage: SimulatedTasks) -> None:
    stage.register("nginx:1.28")
    stage.client("ecs").deregister_task_definition(taskDefinition="web-front:1")
    stage.sandbox.calls()
    stage.sweep("task_definitions")
    assert stage.sandbox.calls()["calls"]["ecs:DescribeTaskDefinition"] == 1
    assert stage.definition().status == "INACTIVE"
    assert stage.definition("web-front:2").images == ["nginx:1.28"]


def test_an_inactive_revision_that_a_task_runs_is_known(stage: SimulatedTasks) -> None:
    stage.run()
    stage.client("ecs").deregister_task_definition(taskDefinition="web-front:1")
    TaskDefinition.objects.all().delete()
    stage.sweep("tasks", "task_definitions")
    assert stage.definition().status == "INACTIVE"


def test_the_newest_revision_of_every_family_is_described_first() -> None:
    def arn(name: str) -> str:
        return f"arn:aws:ecs:eu-central-1:1:task-definition/{name}"

    listed = [arn(name) for name in ("b:2", "b:1", "a:11", "a:10", "a:2")]
    assert _newest_first(listed) == [arn(name) for name in ("b:2", "a:11", "b:1", "a:10", "a:2")]


def test_forms_get_names_of_secrets_but_never_values(stage: SimulatedTasks) -> None:
    stage.client("ssm").put_parameter(Name="/shop/key", Value="never shown", Type="SecureString")
    stage.client("ssm").put_parameter(Name="/shop/plain", Value="of no interest", Type="String")
    stage.client("ecr").create_repository(repositoryName="shop/web")
    stage.sweep("secrets", "repositories", "log_groups")
    kinds = {"shop/password": "secretsmanager", "/shop/key": "ssm"}
    assert dict(Secret.objects.values_list("name", "kind")) == kinds
    assert "never shown" not in str(list(Secret.objects.values()))
    assert Repository.objects.get().uri.endswith("/shop/web")
    assert LogGroup.objects.get().name == "/ecs/web-front"


def test_the_last_lines_of_a_container_are_kept(stage: SimulatedTasks) -> None:
    (task_id,) = stage.run()
    stage.let(1)
    task = stage.task(task_id)
    stage.write_log(task, *(f"line {n}" for n in range(250)), "x" * 5000)
    logs.fetch(task)
    (row,) = task.logs.all()
    assert len(row.lines) == logs.LINES_KEPT
    assert row.lines[-2]["message"] == "line 249"
    assert len(row.lines[-1]["message"]) == logs.LONGEST_LINE


def test_a_log_that_is_gone_leaves_the_lines_that_are_known(stage: SimulatedTasks) -> None:
    (task_id,) = stage.run()
    stage.let(1)
    task = stage.task(task_id)
    stage.write_log(task, "hello")
    logs.fetch(task)
    stage.client("logs").delete_log_group(logGroupName="/ecs/web-front")
    logs.fetch(task)
    (row,) = task.logs.all()
    assert [line["message"] for line in row.lines] == ["hello"]


def test_a_container_that_wrote_nothing_says_so(stage: SimulatedTasks) -> None:
    (task_id,) = stage.run()
    stage.let(1)
    logs.fetch(stage.task(task_id))
    assert stage.task(task_id).logs.get().error == "No log lines yet."
