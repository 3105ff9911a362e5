"""`/metrics`: what it holds after operations of each end, who may read it, and what the dashboard and alerts use."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings
from support import product

from ecsdash.access.models import User
from ecsdash.aws.errors import AccessDenied
from ecsdash.inventory.models import Account
from ecsdash.operations import control
from ecsdash.operations.lease import Lease, LeaseLost
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Step
from ecsdash.web import process_counters
from ecsdash.web.polling import pubsub
from ecsdash.web.request_metrics import RequestMetrics
from tests import environment
from tests.operations.conftest import ScriptedAws, draft_of
from tests.operations.drive import confirm, drive
from tests.processes import REGION

OPS = product.ROOT / "docs" / "ops"
MAKE = Step("make", "Make", "ecs.create_cluster", {"clusterName": "shop"})
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests() -> None:
    process_counters.flush()
    pubsub.connect().delete(process_counters.HASH)


def scrape(client: Client, **headers: str) -> Samples:
    response = client.get("/metrics", headers=headers)
    assert response.status_code == 200
    families = text_string_to_metric_families(response.content.decode())
    return {(each.name, frozenset(each.labels.items())): each.value for family in families for each in family.samples}


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


def test_operations_of_each_end_are_counted(client: Client, account: Account, operator: User, aws: ScriptedAws) -> None:
    ends: dict[str, Any] = {"succeeded": {}, "failed": AccessDenied("Denied", "no"), "errored": RuntimeError("defect")}
    for state, reply in ends.items():
        aws.replies["ecs.create_cluster"] = [reply]
        assert drive(confirm(draft_of(account, operator, MAKE, key=state))).state == state
    cancelled = confirm(draft_of(account, operator, MAKE, key="cancelled"))
    control.cancel(cancelled, by=operator, source_ip="", enqueue_run=lambda _: None)
    assert drive(cancelled).state == "cancelled"
    confirm(draft_of(account, operator, MAKE, key="pending"))

    samples = scrape(client)

    for state in ("succeeded", "failed", "errored", "cancelled", "pending"):
        assert value(samples, "ecsdash_operations", state=state) == 1
    assert value(samples, "ecsdash_operations_oldest_seconds", state="pending") > 0
    assert value(samples, "ecsdash_audit_events_total") > 5
    assert value(samples, "ecsdash_ready", check="database") == 1


def test_a_lost_lease_is_counted(client: Client, account: Account, operator: User) -> None:
    lease = Lease.claim(confirm(draft_of(account, operator, MAKE)).pk)
    assert lease
    Operation.objects.update(fence=99)
    with pytest.raises(LeaseLost):
        lease.update(reason="too late")
    assert value(scrape(client), "ecsdash_lease_losses_total") == 1


def test_aws_calls_are_counted_by_service_and_outcome(client: Client, aws_account: Account) -> None:
    reader = aws_account.reader(REGION)
    reader.call("ecs.list_clusters")
    with pytest.raises(Exception, match="ClusterNotFound"):
        reader.call("ecs.list_tasks", cluster="absent")
    samples = scrape(client)
    assert value(samples, "ecsdash_aws_calls_total", service="ecs", outcome="ok") == 1
    assert value(samples, "ecsdash_aws_calls_total", service="ecs", outcome="refused") == 1
    assert value(samples, "ecsdash_aws_bucket_rate", account="123456789012", region=REGION, bucket="cluster-read") == 1


def test_requests_and_their_durations_are_counted(client: Client, db: None) -> None:
    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("304 Not Modified" if "HTTP_HX_PTAG" in environ else "200 OK", [])
        return []

    metered = RequestMetrics(application)
    for more in ({}, {}, {"HTTP_HX_PTAG": "tag"}):
        metered({"PATH_INFO": "/", **more}, lambda *_: None)  # type: ignore[arg-type]
    samples = scrape(client)
    assert value(samples, "ecsdash_http_requests_total", kind="page", status="200") == 2
    assert value(samples, "ecsdash_http_requests_total", kind="poll", status="304") == 1
    assert value(samples, "ecsdash_http_request_seconds_bucket", kind="page", le="+Inf") == 2
    assert value(samples, "ecsdash_http_request_seconds_count", kind="poll") == 1


def test_without_redis_the_other_metrics_are_there(client: Client, db: None, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    process_counters.add("ecsdash_lease_losses")
    samples = scrape(client)
    assert value(samples, "ecsdash_source_up", source="queues") == 0
    assert value(samples, "ecsdash_source_up", source="operations") == 1
    settings.REDIS_URL = environment.REDIS_URL
    assert value(scrape(client), "ecsdash_lease_losses_total") == 1


def test_only_this_machine_reads_metrics_without_a_token(db: None, operator: User) -> None:
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 200
    stranger = Client(REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "127.0.0.1"})
    stranger.force_login(operator)
    assert stranger.get("/metrics").status_code == 404


def test_a_token_is_asked_for_from_everybody_if_there_is_one(db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = "secret"
    reader = Client(REMOTE_ADDR="192.0.2.1")
    assert reader.get("/metrics", headers={"Authorization": "Bearer secret"}).status_code == 200
    assert reader.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 404


def expressions() -> Iterator[tuple[str, str]]:
    """Yield every expression of the alert rules and of the dashboard, with its place."""
    for group in yaml.safe_load((OPS / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in json.loads((OPS / "grafana-dashboard.json").read_text())["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def test_alerts_and_dashboard_use_metrics_that_exist(client: Client, db: None) -> None:
    text = client.get("/metrics").content.decode()
    families = {family.name: family.type for family in text_string_to_metric_families(text)}
    known = set(families) | {f"{name}_total" for name, kind in families.items() if kind == "counter"}
    known |= {f"{name}_bucket" for name, kind in families.items() if kind == "histogram"}
    for place, expression in expressions():
        used = set(re.findall(r"ecsdash_\w+", expression))
        assert used <= known, place
        assert used or "up{" in expression, place


def test_the_runbook_says_what_to_do_at_every_alert() -> None:
    runbook = Path(product.ROOT / "docs" / "operating.md").read_text()
    rules = yaml.safe_load((OPS / "alerts.yml").read_text())["groups"][0]["rules"]
    assert [rule["alert"] for rule in rules if f"`{rule['alert']}`" not in runbook] == []
