"""A secret is put wherever AWS or a user can put one, and searched for in everything that leaves the database, and in
the rows of operations after their end. Where a place decides (variables, commands, overrides, labels), its name says
nothing; elsewhere (tags, messages, logs) it is named as a secret.
"""

import base64
import contextlib
import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.db import connection
from django.test import Client, TestCase
from django.utils import timezone
from pytest_django import Settings

from ecsdash.access.models import User
from ecsdash.aws.session import forget
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.registry import SWEEPERS, Sweeper
from ecsdash.inventory.sweeps.run import sweep_now
from ecsdash.masking import fingerprint
from ecsdash.operations.encrypted_json import ENCRYPTED
from ecsdash.operations.models import Draft, Operation, OperationStep
from ecsdash.operations.redaction import redact_expired
from ecsdash.outages import QuietHandler
from services.models import Task, TaskLog
from services.sync.logs import fetch
from tests import environment
from tests.operations.drive import drive, review
from tests.operations.tollgate import Answered, Tollgate
from tests.processes import REGION, Sandbox
from tests.services.definitions import ROLE
from tests.services.simulated_tasks import TRUST

SECRET = "zq7-planted-9f3a"
LOGS = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/ecs/web", "awslogs-region": REGION, "awslogs-stream-prefix": "ecs"},
}
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')
SKIPPED_LINKS = re.compile(r"^/(static|account)/|[?&]sort=")  # the same rows in another order
MAX_PAGES = 900
Redis = redis.Redis


class SecretRevealingEndpoint(Tollgate):
    """An endpoint whose error message for UpdateService contains the secret."""

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answered:
        if headers.get("X-Amz-Target", "").endswith(".UpdateService"):
            message = f"Invalid environment: DB_PASSWORD={SECRET}"
            return 400, [], json.dumps({"__type": "InvalidParameterException", "message": message}).encode()
        return super().forward(method, path, headers, body)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """The output of the configured logging."""
    written = io.StringIO()
    root = logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.setFormatter(next(each.formatter for each in root.handlers if isinstance(each, QuietHandler)))
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


@pytest.fixture
def scope(aws_account: Account, sandbox: Sandbox, settings: Settings) -> Iterator[Scope]:
    with SecretRevealingEndpoint(sandbox).open() as gate:
        settings.AWS_ENDPOINT_URL = gate.url
        forget()
        yield Scope(aws_account, REGION)
    forget()


def plant(sandbox: Sandbox) -> None:
    """Put the secret into tags, environment, a command, overrides and a stop reason."""
    ecs = sandbox.client("ecs")
    tags = [{"key": "api-token", "value": SECRET}]
    variables = [{"name": "STAGE", "value": SECRET}, {"name": "DB_PASSWORD", "value": SECRET}]
    ecs.create_cluster(clusterName="shop", tags=tags)
    container = {
        "name": "web", "image": "shop/web:1", "environment": variables, "command": ["sh", SECRET],
        "entryPoint": [SECRET], "healthCheck": {"command": ["CMD-SHELL", f"check {SECRET}"]},
        "dockerLabels": {"owner": SECRET}, "logConfiguration": LOGS,
    }  # fmt: skip
    sandbox.client("logs").create_log_group(logGroupName="/ecs/web")
    sandbox.client("iam").create_role(RoleName="ecsTaskExecutionRole", AssumeRolePolicyDocument=json.dumps(TRUST))
    size = {
        "executionRoleArn": ROLE, "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256",
        "memory": "512",
    }  # fmt: skip
    ecs.register_task_definition(family="web", containerDefinitions=[container], tags=tags, **size)
    subnet = sandbox.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    where: dict[str, Any] = {"networkConfiguration": {"awsvpcConfiguration": {"subnets": [subnet]}}, "cluster": "shop"}
    ecs.create_service(
        serviceName="web", taskDefinition="web", desiredCount=1, tags=tags, launchType="FARGATE", **where
    )
    overrides = {"containerOverrides": [{"name": "web", "environment": variables, "command": [SECRET]}]}
    (task,) = ecs.run_task(taskDefinition="web", overrides=overrides, launchType="FARGATE", **where)["tasks"]
    sandbox.step(60)
    write_log(sandbox, task["taskArn"].rpartition("/")[2])
    ecs.stop_task(cluster="shop", task=task["taskArn"], reason=f"login failed, password={SECRET}")
    sandbox.step(60)


def write_log(sandbox: Sandbox, task: str) -> None:
    logs, stream = sandbox.client("logs"), {"logGroupName": "/ecs/web", "logStreamName": f"ecs/web/{task}"}
    with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_stream(**stream)
    now = int(sandbox.step(0) * 1000)
    logs.put_log_events(**stream, logEvents=[{"timestamp": now, "message": f"login with password={SECRET} failed"}])


def succeeded_operation(client: Client, user: User, scope: Scope, sandbox: Sandbox) -> Operation:
    """Run a task with overrides that hold the secret, from the posted form to its end."""
    subnet = sandbox.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    override = {"name": "web", "command": ["run", SECRET], "environment": [{"name": "STAGE", "value": SECRET}]}
    document = {
        "taskDefinition": "web:1", "cluster": "shop", "count": 1, "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": [subnet], "assignPublicIp": "ENABLED"}},
        "overrides": {"containerOverrides": [override]},
    }  # fmt: skip
    form = {"json": json.dumps(document)}
    draft = review("run_task", user, scope, {"account": "demo", "region": REGION}, form)
    assert SECRET not in client.get(f"/plans/{draft.pk}/").content.decode()
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(f"/plans/{draft.pk}/confirm/")
    operation = drive(Operation.objects.get(pk=draft.pk), sandbox)
    assert operation.state == "succeeded", operation.error
    return operation


def operations_in_the_database() -> str:
    """Return the rows of drafts, operations and steps as the database holds them."""
    found = []
    for model in (Draft, Operation, OperationStep):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT row_to_json(t)::text FROM {model._meta.db_table} t")
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found)


def refused_deployment(client: Client, user: User, scope: Scope, sandbox: Sandbox) -> Operation:
    """Plan and confirm a deployment that AWS refuses. Return the operation."""
    at = {"account": "demo", "region": REGION, "cluster": "shop", "service": "web"}
    draft = review("deploy_service", user, scope, at, {"tag-web": "2"})
    assert SECRET not in client.get(f"/plans/{draft.pk}/").content.decode()
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(f"/plans/{draft.pk}/confirm/", {"reason": f"rotate password={SECRET}"})
    operation = drive(Operation.objects.get(pk=draft.pk), sandbox)
    assert operation.state == "failed"
    return operation


def broken_sweep(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    def sweep(scope: Scope) -> None:
        raise RuntimeError(f"could not parse password={SECRET}")

    monkeypatch.setitem(SWEEPERS, "broken", Sweeper("broken", sweep, choice=False))
    sweep_now(scope, "broken")


def everything_linked(client: Client) -> dict[str, str]:
    """Follow all links. Return the text of each page and export by its URL."""
    waiting, seen = ["/", "/audit/export/", "/audit/export/?format=jsonl"], dict[str, str]()
    while waiting and len(seen) < MAX_PAGES:
        address = waiting.pop(0)
        if address in seen or SKIPPED_LINKS.search(address):
            continue
        seen[address] = client.get(address).getvalue().decode()
        waiting += [link.replace("&amp;", "&") for link in LINK.findall(seen[address])]
    return seen


def everything_in_redis() -> list[str]:
    """Return every value in Redis, and the decoded bodies of queued jobs."""
    store: Any = Redis.from_url(environment.REDIS_URL)
    found = [value for key in store.keys("*") for value in _values(store, key)]
    bodies = [base64.b64decode(json.loads(value)["body"]) for value in found if value.startswith(b'{"body"')]
    return [value.decode(errors="replace") for value in [*found, *bodies]]


def _values(store: Any, key: bytes) -> list[bytes]:
    kind = store.type(key)
    if kind == b"list":
        return list(store.lrange(key, 0, -1))
    if kind == b"hash":
        return [*store.hgetall(key).keys(), *store.hgetall(key).values()]
    if kind in (b"set", b"zset"):
        return list(store.smembers(key) if kind == b"set" else store.zrange(key, 0, -1))
    return [store.get(key)]


def test_a_secret_appears_nowhere(
    scope: Scope, sandbox: Sandbox, admin: User, client: Client, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(admin)
    plant(sandbox)
    sweep_now(scope)
    operation = refused_deployment(client, admin, scope, sandbox)
    succeeded = succeeded_operation(client, admin, scope, sandbox)
    assert SECRET not in operations_in_the_database()
    broken_sweep(scope, monkeypatch)
    sweep_now(scope, "tasks", "services", "task_definitions")
    for task in Task.objects.all():
        fetch(task)
    assert any(SECRET in json.dumps(row.lines) for row in TaskLog.objects.all()), "the log line should be stored"

    pages = everything_linked(client)
    assert len(pages) < MAX_PAGES, "some pages were not checked"
    own = {f"/operations/{each.pk}/" for each in (operation, succeeded)}
    assert own | {"/audit/", f"/demo/{REGION}/services/shop/web/"} <= set(pages)
    assert "•••" in pages[f"/demo/{REGION}/task-definitions/web/1/"]
    assert [address for address, text in pages.items() if SECRET in text] == []

    in_redis = everything_in_redis()
    assert any(str(operation.pk) in value for value in in_redis), "the job of the operation should wait there"
    assert [value for value in in_redis if SECRET in value] == []

    Operation.objects.update(ended_at=timezone.now() - timedelta(hours=25))
    redact_expired()
    assert ENCRYPTED not in operations_in_the_database()
    assert SECRET not in operations_in_the_database()
    assert fingerprint(SECRET) in operations_in_the_database()
    assert fingerprint(SECRET).strip("•") in pages["/audit/export/?format=jsonl"]

    assert "sweep_broke" in logged.getvalue()
    assert SECRET not in logged.getvalue()
