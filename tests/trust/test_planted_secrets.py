"""A secret is put wherever AWS or a user can put one, and searched for in everything that leaves the database."""

import base64
import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.test import Client, TestCase
from pytest_django import Settings

from ecsdash.access.models import User
from ecsdash.aws.session import forget
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.registry import SWEEPERS, Sweeper
from ecsdash.inventory.sweeps.run import sweep_now
from ecsdash.operations.models import Operation
from tests import environment
from tests.operations.drive import drive, review
from tests.operations.tollgate import Answered, Tollgate
from tests.processes import REGION, Sandbox

SECRET = "zq7-planted-9f3a"
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')
SKIPPED_LINKS = re.compile(r"^/(static|account)/|[?&]sort=")  # the same rows in another order
MAX_PAGES = 400
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
    handler.setFormatter(next(each.formatter for each in root.handlers if type(each) is logging.StreamHandler))
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
    variables = [{"name": "DB_PASSWORD", "value": SECRET}]
    ecs.create_cluster(clusterName="shop", tags=tags)
    container = {"name": "web", "image": "shop/web:1", "environment": variables, "command": ["sh", f"--token={SECRET}"]}
    size = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}
    ecs.register_task_definition(family="web", containerDefinitions=[container], tags=tags, **size)
    subnet = sandbox.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    where: dict[str, Any] = {"networkConfiguration": {"awsvpcConfiguration": {"subnets": [subnet]}}, "cluster": "shop"}
    ecs.create_service(
        serviceName="web", taskDefinition="web", desiredCount=1, tags=tags, launchType="FARGATE", **where
    )
    overrides = {"containerOverrides": [{"name": "web", "environment": variables}]}
    (task,) = ecs.run_task(taskDefinition="web", overrides=overrides, launchType="FARGATE", **where)["tasks"]
    sandbox.step(60)
    ecs.stop_task(cluster="shop", task=task["taskArn"], reason=f"login failed, password={SECRET}")
    sandbox.step(60)


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
    broken_sweep(scope, monkeypatch)
    sweep_now(scope, "tasks", "services", "task_definitions")

    pages = everything_linked(client)
    assert len(pages) < MAX_PAGES, "some pages were not checked"
    assert {f"/operations/{operation.pk}/", "/audit/", f"/demo/{REGION}/services/shop/web/"} <= set(pages)
    assert "•••" in pages[f"/demo/{REGION}/task-definitions/web/1/"]
    assert [address for address, text in pages.items() if SECRET in text] == []

    in_redis = everything_in_redis()
    assert any(str(operation.pk) in value for value in in_redis), "the job of the operation should wait there"
    assert [value for value in in_redis if SECRET in value] == []

    assert "sweep_broke" in logged.getvalue()
    assert SECRET not in logged.getvalue()
