"""History is kept for the configured time; the audit trail is always kept."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from clusters.models import Cluster, ContainerInstance, ContainerInstanceEvent
from ecsdash.audit.models import AuditEvent
from ecsdash.audit.record import record
from ecsdash.inventory import retention
from ecsdash.inventory.models import Account
from services.models import Service, ServiceDeployment, ServiceEvent, Task, TaskDefinition, TaskLog
from tests.users import make_account

REGION = "eu-central-1"
OLD, NEW = timedelta(days=31), timedelta(days=29)


@pytest.fixture
def account(db: None, settings: Settings) -> Account:
    settings.RETENTION_DAYS = 30
    return make_account("demo", name="Demo", account_id="123456789012", regions=[REGION])


def ago(age: timedelta) -> datetime:
    return timezone.now() - age


def row(model: Any, account: Account, name: str, **more: Any) -> Any:
    values = {"account": account, "region": REGION, "name": name, "arn": f"arn:{name}", "observed_at": timezone.now()}
    return model.objects.create(**values, **more)


def task(account: Account, name: str, **more: Any) -> Task:
    values = {"cluster_name": "shop", "family": "web", "last_status": "STOPPED", "desired_status": "STOPPED", **more}
    found: Task = row(Task, account, name, **values)
    return found


def names(model: Any) -> set[str]:
    return set(model.objects.values_list("name", flat=True))


def test_stopped_tasks_go_with_their_logs_when_they_are_old_enough(account: Account) -> None:
    old = task(account, "old", stopped_at=ago(OLD), gone_at=ago(OLD))
    TaskLog.objects.create(task=old, container="web")
    task(account, "new", stopped_at=ago(NEW), gone_at=ago(NEW))
    task(account, "running", last_status="RUNNING", created_at=ago(OLD))
    assert retention.prune() == {"Task": 1}
    assert names(Task) == {"new", "running"}
    assert not TaskLog.objects.exists()


def test_events_and_deployments_go_but_the_service_stays(account: Account) -> None:
    service = row(Service, account, "web", cluster_name="shop", status="ACTIVE")
    for name, age in (("old", OLD), ("new", NEW)):
        ServiceEvent.objects.create(service=service, event_id=name, created_at=ago(age), message=name)
        row(ServiceDeployment, account, name, cluster_name="shop", service_name="web", finished_at=ago(age))
    row(ServiceDeployment, account, "running", cluster_name="shop", service_name="web", created_at=ago(OLD))
    retention.prune()
    assert [event.message for event in ServiceEvent.objects.all()] == ["new"]
    assert names(ServiceDeployment) == {"new", "running"}
    assert names(Service) == {"web"}


def test_what_is_gone_from_aws_goes_after_the_same_time(account: Account) -> None:
    for model, more in ((Cluster, {}), (Service, {"cluster_name": "shop"})):
        for name, gone in (("old", ago(OLD)), ("new", ago(NEW)), ("there", None)):
            row(model, account, f"{model.NOUN}-{name}", gone_at=gone, status="ACTIVE", **more)
    retention.prune()
    assert names(Cluster) == {"cluster-new", "cluster-there"}
    assert names(Service) == {"service-new", "service-there"}


def test_deregistered_revisions_go_unless_a_service_still_has_them(account: Account) -> None:
    row(Service, account, "web", cluster_name="shop", status="ACTIVE", task_definition="arn:web:2")
    for name, status in (("web:1", "INACTIVE"), ("web:2", "INACTIVE"), ("web:3", "ACTIVE")):
        row(TaskDefinition, account, name, family="web", revision=int(name[-1]), status=status)
    TaskDefinition.objects.update(observed_at=ago(OLD))
    retention.prune()
    assert names(TaskDefinition) == {"web:2", "web:3"}


def test_events_of_instances_go_by_their_own_age(account: Account) -> None:
    instance = row(ContainerInstance, account, "i-1", cluster_name="shop", container_instance_id="c", status="ACTIVE")
    kind, place = ContainerInstanceEvent.Kind.AGENT_LOST, {"account": account, "region": REGION, "cluster_name": "shop"}
    for age in (OLD, NEW):
        ContainerInstanceEvent.objects.create(instance=instance, kind=kind, status="ACTIVE", at=ago(age), **place)
    retention.prune()
    assert ContainerInstanceEvent.objects.get().at > ago(timedelta(days=30))


def test_many_rows_go_a_batch_at_a_time(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    for number in range(7):
        task(account, f"t-{number}", stopped_at=ago(OLD))
    assert retention.prune() == {"Task": 7}


def test_the_audit_trail_is_never_pruned(account: Account, settings: Settings) -> None:
    settings.RETENTION_DAYS = 0
    record(actor=None, action="test")
    retention.prune()
    assert AuditEvent.objects.count() == 1
