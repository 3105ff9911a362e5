"""Pages of tasks and task definitions: what they show, to whom, and that AWS is not asked."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clusters.models import Cluster
from ecsdash.access.models import User
from ecsdash.aws.calls import Connection
from ecsdash.inventory import store as inventory
from ecsdash.inventory.models import Account, SweepState
from ecsdash.inventory.scope import Scope
from services import jobs
from services.models import Service, Task, TaskDefinition, TaskLog
from services.sync import task_definitions, tasks
from tests.services.definitions import container, fargate
from tests.services.simulated_tasks import LOGS, SimulatedTasks

BASE = "/demo/eu-central-1/"
TASK = "0f3a9b7d2c914e6f8a5b4c3d2e1f0a9b"
ARN = "arn:aws:ecs:eu-central-1:123456789012:"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The tasks whose logs a page has asked for. A page that calls AWS itself fails its test."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a page called AWS")

    found: list[int] = []
    monkeypatch.setattr(Connection, "call", refuse)
    monkeypatch.setattr(jobs.fetch_logs, "apply_async", lambda args, countdown: found.append(*args))
    return found


@pytest.fixture
def account(stage_without_aws: SimulatedTasks) -> Account:
    return stage_without_aws.scope.account


def define(account: Account, revision: int = 1, family: str = "web-front", **more: Any) -> TaskDefinition:
    body = fargate(container("web", "shop/web:1", logConfiguration=LOGS, **more), family=family)
    described = {
        **body,
        "taskDefinitionArn": f"{ARN}task-definition/{family}:{revision}",
        "revision": revision,
        "status": "ACTIVE",
    }
    store(account, TaskDefinition, task_definitions.record_of(described, []))
    return TaskDefinition.objects.get(name=f"{family}:{revision}")


def seen(account: Account, task_id: str = TASK, service: str = "web-front", **more: Any) -> Task:
    described = {
        "taskArn": f"{ARN}task/shop/{task_id}",
        "clusterArn": f"{ARN}cluster/shop",
        "taskDefinitionArn": f"{ARN}task-definition/web-front:1",
        "group": f"service:{service}" if service else "family:web-front",
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "createdAt": timezone.now(),
        "containers": [{"name": "web", "lastStatus": "RUNNING", "image": "shop/web:1"}],
        **more,
    }
    store(account, Task, tasks.record_of(described))
    return Task.objects.get(name=task_id)


def store(account: Account, model: Any, record: Any) -> None:
    inventory.upsert(model, Scope(account, "eu-central-1"), [record], model.NOUN)


def stopped(code: str, reason: str, **of_container: Any) -> dict[str, Any]:
    return {
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "stopCode": code,
        "stoppedReason": reason,
        "stoppedAt": timezone.now(),
        "containers": [{"name": "web", "lastStatus": "STOPPED", "image": "shop/web:1", **of_container}],
    }


def page(client: Client, user: User, path: str, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(BASE + path)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode() if status == 200 else str(answer.headers.get("Location", ""))


def test_the_list_shows_what_lives_and_keeps_what_ended_apart(client: Client, account: Account, viewer: User) -> None:
    seen(account)
    seen(account, "b" * 32, **stopped("EssentialContainerExited", "Essential container in task exited", exitCode=1))
    current, ended = page(client, viewer, "tasks/"), page(client, viewer, "tasks/?show=stopped")
    assert TASK[:12] in current
    assert "bbbbbbbbbbbb" not in current
    assert "Essential container exited" in ended
    assert "code 1<" in ended
    assert TASK[:12] not in ended
    both = page(client, viewer, "tasks/?show=all")
    assert TASK[:12] in both
    assert "bbbbbbbbbbbb" in both


def test_the_words_of_the_filter_narrow_the_list(client: Client, account: Account, viewer: User) -> None:
    seen(account)
    seen(account, "b" * 32, service="billing")
    assert "bbbbbbbbbbbb" not in page(client, viewer, "tasks/?q=service:web-front")
    assert "bbbbbbbbbbbb" in page(client, viewer, "tasks/?q=cluster:shop+service:billing")
    assert "None of 2 matches" in page(client, viewer, "tasks/?q=status:PENDING")


def test_families_can_be_found_by_image(client: Client, account: Account, viewer: User) -> None:
    define(account)
    define(account, family="billing")
    assert "billing" in page(client, viewer, "task-definitions/?q=shop/web")
    assert "None of 2 matches" in page(client, viewer, "task-definitions/?q=images:nginx")


def test_a_deployer_sees_the_tasks_of_their_own_services_only(client: Client, account: Account, deployer: User) -> None:
    seen(account)
    seen(account, "b" * 32, service="billing")
    assert "bbbbbbbbbbbb" not in page(client, deployer, "tasks/")
    page(client, deployer, f"tasks/{TASK}/")
    page(client, deployer, f"tasks/{'b' * 32}/", status=404)


def test_a_dead_task_says_why_it_died(client: Client, account: Account, viewer: User) -> None:
    define(account)
    seen(account, **stopped("EssentialContainerExited", "Essential container in task exited", exitCode=127))
    shown = page(client, viewer, f"tasks/{TASK}/")
    assert "The essential container web exited with code 127" in shown
    assert "The command does not exist in the image." in shown


def test_a_task_that_did_its_work_is_no_failure(client: Client, account: Account, viewer: User) -> None:
    seen(account, service="", **stopped("EssentialContainerExited", "Essential container in task exited", exitCode=0))
    assert "Completed" in page(client, viewer, "tasks/?show=stopped")
    assert "error-card" not in page(client, viewer, f"tasks/{TASK}/")


def test_a_task_that_ecs_has_forgotten_is_still_shown(client: Client, account: Account, viewer: User) -> None:
    task = seen(account, **stopped("UserInitiated", "enough", exitCode=0))
    Task.objects.filter(pk=task.pk).update(gone_at=timezone.now())
    shown = page(client, viewer, f"tasks/{TASK}/")
    assert "ECS no longer lists this task. This page shows its last known state" in shown
    assert "enough" in shown
    assert "stop/" not in shown


def test_the_page_of_a_task_asks_a_worker_for_its_log_and_shows_what_is_known(
    client: Client, account: Account, viewer: User, asked: list[int]
) -> None:
    define(account)
    task = seen(account)
    lines = [{"at": 1_700_000_000_000, "message": f"password=hunter2 {HOSTILE}"}]
    TaskLog.objects.create(task=task, container="web", lines=lines, fetched_at=timezone.now())
    shown = page(client, viewer, f"tasks/{TASK}/")
    page(client, viewer, f"tasks/{TASK}/")
    assert asked == [task.pk]
    assert "22:13:20" in shown
    assert "hunter2" not in shown
    assert HOSTILE not in shown


def test_the_log_of_a_task_that_ended_long_ago_is_not_asked_for_again(
    client: Client, account: Account, viewer: User, asked: list[int]
) -> None:
    define(account)
    task = seen(account, **stopped("UserInitiated", "enough", exitCode=0))
    Task.objects.filter(pk=task.pk).update(stopped_at=timezone.now() - timedelta(hours=1))
    TaskLog.objects.create(task=task, container="web", fetched_at=timezone.now())
    page(client, viewer, f"tasks/{TASK}/")
    assert asked == []


def test_an_unchanged_task_answers_without_a_body(client: Client, account: Account, viewer: User) -> None:
    seen(account)
    client.force_login(viewer)
    first = client.get(f"{BASE}tasks/{TASK}/?fragment=task")
    again = client.get(f"{BASE}tasks/{TASK}/?fragment=task", headers={"HX-PTag": first.headers["HX-PTag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_the_tab_of_a_cluster_shows_its_tasks_only(client: Client, account: Account, viewer: User) -> None:
    for name in ("shop", "bank"):
        Cluster.objects.create(
            account=account, region="eu-central-1", arn=f"{ARN}cluster/{name}", name=name, status="ACTIVE",
            observed_at=timezone.now(),
        )  # fmt: skip
    seen(account)
    assert TASK[:12] in page(client, viewer, "clusters/shop/tasks/")
    assert TASK[:12] not in page(client, viewer, "clusters/bank/tasks/")


def test_families_show_their_latest_revision_and_who_uses_them(client: Client, account: Account, viewer: User) -> None:
    define(account)
    latest = define(account, 2)
    Service.objects.create(
        account=account, region="eu-central-1", arn=f"{ARN}service/shop/web-front", name="web-front", status="ACTIVE",
        cluster_name="shop", task_definition=latest.arn, observed_at=timezone.now(),
    )  # fmt: skip
    families = page(client, viewer, "task-definitions/")
    assert "services/shop/web-front/" in families
    assert "services/shop/web-front/" in page(client, viewer, "task-definitions/web-front/2/")
    assert "No service uses this revision" in page(client, viewer, "task-definitions/web-front/1/")


def test_a_revision_masks_its_secrets_and_escapes_what_others_wrote(
    client: Client, account: Account, viewer: User
) -> None:
    variables = [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "TITLE", "value": HOSTILE}]
    define(account, environment=variables)
    shown = page(client, viewer, "task-definitions/web-front/1/")
    assert "hunter2" not in shown
    assert HOSTILE not in shown
    assert "DB_PASSWORD" in shown


def test_two_revisions_are_compared_by_name(client: Client, account: Account, viewer: User) -> None:
    define(account, environment=[{"name": "A", "value": "1"}, {"name": "B", "value": "1"}])
    define(account, 2, environment=[{"name": "B", "value": "2"}, {"name": "C_TOKEN", "value": "hunter2"}])
    shown = page(client, viewer, "task-definitions/web-front/diff/1..2/")
    assert "3 differences" in shown
    assert all(f"containers.web.environment.{name}" in shown for name in ("A", "B", "C_TOKEN"))
    assert "hunter2" not in shown
    chosen = page(client, viewer, "task-definitions/web-front/diff/?before=1&after=2", status=302)
    assert chosen == f"{BASE}task-definitions/web-front/diff/1..2/"
    unasked = page(client, viewer, "task-definitions/web-front/diff/", status=302)
    assert unasked == f"{BASE}task-definitions/web-front/diff/1..2/"


def test_what_begins_a_change_is_offered_to_those_who_may(
    client: Client, account: Account, viewer: User, operator: User
) -> None:
    define(account)
    path = "task-definitions/web-front/1/"
    assert "New revision" not in page(client, viewer, path)
    assert "New revision" in page(client, operator, path)


def test_the_form_of_a_new_revision_is_filled_from_the_old_one(
    client: Client, account: Account, operator: User
) -> None:
    define(account, environment=[{"name": "API_KEY", "value": "hunter2"}])
    shown = page(client, operator, "task-definitions/new/?from=web-front:1")
    assert 'value="shop/web:1"' in shown
    assert "hunter2" not in shown


def test_the_buttons_of_the_form_work_without_javascript(client: Client, account: Account, operator: User) -> None:
    client.force_login(operator)
    data = {"/family": "site", "base": "{}", "json": "{}", "op": "add:/containerDefinitions"}
    answer = client.post(f"{BASE}task-definitions/new/", data)
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert 'value="add:/containerDefinitions/0/environment"' in shown
    assert "field-error" not in shown


def test_what_was_never_swept_is_loading_and_not_empty(client: Client, account: Account, viewer: User) -> None:
    assert "Reading tasks from AWS" in page(client, viewer, "tasks/")
    assert "Reading task definitions from AWS" in page(client, viewer, "task-definitions/")


def test_what_is_known_is_shown_with_its_age_when_aws_does_not_answer(
    client: Client, account: Account, viewer: User
) -> None:
    seen(account)
    SweepState.objects.create(
        account=account, region="eu-central-1", noun="tasks", completed_at=timezone.now(), error="no way to AWS",
        error_code="EndpointConnectionError",
    )  # fmt: skip
    for path in ("tasks/", f"tasks/{TASK}/"):
        shown = page(client, viewer, path)
        assert "The last refresh failed" in shown
        assert TASK[:12] in shown


def test_lists_can_be_taken_away_as_csv(client: Client, account: Account, viewer: User) -> None:
    define(account)
    seen(account)
    client.force_login(viewer)
    for path in ("tasks/?format=csv", "task-definitions/?format=csv"):
        answer: Any = client.get(BASE + path)
        assert b"web-front" in b"".join(answer.streaming_content)
