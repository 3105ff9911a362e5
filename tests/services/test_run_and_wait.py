"""Running a task and waiting for its end: the exit code decides, and the page of the operation has the log."""

from datetime import timedelta

from django.test import Client

from ecsdash.access.models import User
from ecsdash.operations import runner
from ecsdash.operations.models import Operation
from ecsdash.operations.states import OperationState
from ecsdash.web import clock
from services.sync.logs import fetch
from tests.operations import drive
from tests.services.simulated_tasks import SimulatedTasks
from tests.services.test_task_actions import override, run_data


def start(stage: SimulatedTasks, user: User, command: str, minutes: int = 5, **more: int) -> Operation:
    data = {**run_data(stage, **override(name="web", command=["sh", "-c", command]), **more), "wait": "on"}
    return drive.start("run_task", user, stage.scope, stage.place(), {**data, "minutes": minutes})


def turn(operation: Operation, stage: SimulatedTasks) -> None:
    """Run the operation once, a few simulated seconds later."""
    stage.sandbox.step(5)
    Operation.objects.filter(pk=operation.pk).update(next_check_at=clock.now())
    runner.run(operation.pk)


def run_and_wait(stage: SimulatedTasks, user: User, command: str, **more: int) -> Operation:
    return drive.drive(start(stage, user, command, **more), stage.sandbox)


def page(client: Client, user: User, operation: Operation) -> str:
    client.force_login(user)
    return client.get(f"/operations/{operation.pk}/").content.decode()


def test_a_task_that_exits_0_makes_the_operation_succeed(stage: SimulatedTasks, operator: User) -> None:
    operation = run_and_wait(stage, operator, "sleep 20; exit 0", count=2)
    assert operation.state == OperationState.SUCCEEDED, operation.error
    assert operation.steps.get(key="run-end").message == "Exit codes: web 0, web 0"


def test_a_task_that_exits_3_makes_the_operation_fail_and_its_log_is_on_the_page(
    stage: SimulatedTasks, operator: User, client: Client
) -> None:
    operation = run_and_wait(stage, operator, "sleep 20; exit 3")
    assert operation.state == OperationState.FAILED
    assert "The essential container web exited with code 3" in operation.error["message"]

    (task_id,) = [each["taskArn"].rpartition("/")[2] for each in operation.steps.get(key="run").result["tasks"]]
    stage.let(0)
    stage.write_log(stage.task(task_id), "migrating", "cannot connect to the database")
    fetch(stage.task(task_id))
    shown = page(client, operator, operation)
    assert "exit code 3" in shown
    assert f"/tasks/{task_id}/logs/" in shown
    assert "cannot connect to the database" in shown


def test_a_wait_that_takes_too_long_says_that_the_task_goes_on(
    stage: SimulatedTasks, operator: User, client: Client
) -> None:
    operation = start(stage, operator, "sleep 3000", minutes=1)
    for _ in range(12):
        turn(operation, stage)
    assert "1 running" in operation.steps.get(key="run-end").message
    operation.steps.update(started_at=clock.now() - timedelta(minutes=2))
    drive.drive(operation, stage.sandbox)
    assert operation.error["code"] == "TimedOut"
    assert "The tasks continue to run in ECS" in page(client, operator, operation)


def test_a_wait_needs_a_number_of_minutes(stage: SimulatedTasks, operator: User) -> None:
    data = {**run_data(stage), "wait": "on", "minutes": ""}
    found = drive.errors("run_task", operator, stage.scope, stage.place(), data)
    assert found == {"minutes": ["Enter a number of minutes from 1 to 1,440."]}


def test_who_may_not_see_the_task_sees_no_log(
    stage: SimulatedTasks, operator: User, outsider: User, client: Client
) -> None:
    operation = run_and_wait(stage, operator, "exit 0")
    client.force_login(outsider)
    assert client.get(f"/operations/{operation.pk}/").status_code == 404
