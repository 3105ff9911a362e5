"""A fleet of any size, written directly into the inventory as sweeps would store it."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from clusters.models import Cluster
from ecsdash.inventory.models import Account, ChangeCounter, SweepState
from services.models import Service, ServiceDeployment, Task, TaskDefinition
from services.sync.tasks import images

REGION = "eu-central-1"
NUMBER = "123456789012"
CLUSTERS, SERVICES = 20, 20  # services in each cluster
RUNNING_SHARE = 0.8  # of the tasks; the others have stopped
CHUNK = 2000
NOUNS = ("clusters", "services", "tasks", "task_definitions", "service_deployments", "container_instances")
#: Columns of copied rows whose values differ from those of the original.
COPIED = {"account_id": "%(account)s", "arn": "replace(arn, %(old)s, %(new)s)"}
COPIED_TASK = COPIED | {"name": "md5(name || %(new)s)", "arn": f"replace({COPIED['arn']}, name, md5(name || %(new)s))"}
KINDS = ("web", "api", "worker", "billing", "search", "mail", "report", "auth")


def build() -> Account:
    """Create an account with clusters, services, task definitions and deployments, without tasks."""
    account = _account("bench", NUMBER)
    place = {"account": account, "region": REGION}
    now = timezone.now()
    Cluster.objects.bulk_create(
        Cluster(**place, **_named(f"cluster/{name}"), observed_at=now, status="ACTIVE") for name in _clusters()
    )
    pairs = [(cluster, service) for cluster in _clusters() for service in _services(cluster)]
    Service.objects.bulk_create(_service(place, now, cluster, service) for cluster, service in pairs)
    TaskDefinition.objects.bulk_create(
        _definition(place, now, service, revision) for _, service in pairs for revision in range(1, 6)
    )
    ServiceDeployment.objects.bulk_create(
        _deployment(place, now, *pair, number) for pair in pairs for number in range(5)
    )
    return account


def _account(alias: str, number: str) -> Account:
    account = Account.objects.create(alias=alias, name=alias.title(), account_id=number, regions=[REGION])
    place = {"account": account, "region": REGION}
    now = timezone.now()
    for noun in NOUNS:
        SweepState.objects.create(**place, noun=noun, started_at=now, completed_at=now)
        ChangeCounter.objects.create(**place, noun=noun, value=1)
    return account


def copy_account(source: Account, number: int) -> Account:
    """Create another account with the same clusters, services and tasks; the tasks have other ids. PostgreSQL only."""
    account = _account(f"bench-{number}", str(int(NUMBER) + number))
    with connection.cursor() as cursor:
        for model in (Cluster, Service, TaskDefinition, ServiceDeployment, Task):
            changed = COPIED_TASK if model is Task else COPIED
            fields = [each for each in model._meta.concrete_fields if not (each.primary_key or each.generated)]
            values = {connection.ops.quote_name(str(each.column)): str(each.column) for each in fields}
            values = {quoted: changed.get(name, quoted) for quoted, name in values.items()}
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(values)})"  # noqa: S608 names of columns
                f" SELECT {', '.join(values.values())} FROM {model._meta.db_table} WHERE account_id = %(source)s",
                {"account": account.pk, "source": source.pk, "old": NUMBER, "new": account.account_id},
            )
    return account


def add_tasks(account: Account, begin: int, end: int) -> None:
    """Create the tasks numbered `begin` to `end` - 1. Equal numbers give equal tasks."""
    pairs = [(cluster, service) for cluster in _clusters() for service in _services(cluster)]
    for start in range(begin, end, CHUNK):
        numbers = range(start, min(end, start + CHUNK))
        Task.objects.bulk_create(_task(account, number, *pairs[number % len(pairs)]) for number in numbers)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def task_id(number: int) -> str:
    return f"{random.Random(number).getrandbits(128):032x}"  # noqa: S311 a name, not a secret


def private_ip(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _clusters() -> list[str]:
    return [f"cluster-{number:02}" for number in range(CLUSTERS)]


def _services(cluster: str) -> Iterator[str]:
    for number in range(SERVICES):
        yield f"{KINDS[number % len(KINDS)]}-{cluster[-2:]}-{number:02}"


def _named(path: str) -> dict[str, str]:
    return {"arn": f"arn:aws:ecs:{REGION}:{NUMBER}:{path}", "name": path.rpartition("/")[2]}


def _service(place: dict[str, Any], now: datetime, cluster: str, name: str) -> Service:
    event = f"(service {name}) has reached a steady state."
    return Service(
        **place, **_named(f"service/{cluster}/{name}"), observed_at=now, cluster_name=cluster, status="ACTIVE",
        desired_count=10, running_count=10, task_definition=f"arn:aws:ecs:{REGION}:{NUMBER}:task-definition/{name}:5",
        launch_type="FARGATE", rollout_state="COMPLETED", last_event=event, last_event_at=now, deployed_at=now,
        created_at=now, description={"events": [], "deployments": [{"id": f"ecs-svc/{n}"} for n in range(40)]},
    )  # fmt: skip


def _definition(place: dict[str, Any], now: datetime, family: str, revision: int) -> TaskDefinition:
    name = f"{family}:{revision}"
    image = f"registry.example/{family}:1.{revision}"
    return TaskDefinition(
        **place, arn=f"arn:aws:ecs:{REGION}:{NUMBER}:task-definition/{name}", name=name, observed_at=now, family=family,
        revision=revision, status="ACTIVE", cpu=256, memory=512, images=[image], registered_at=now,
        requires_compatibilities=["FARGATE"], description={"containerDefinitions": [{"name": "app", "image": image}]},
    )  # fmt: skip


def _deployment(place: dict[str, Any], now: datetime, cluster: str, service: str, number: int) -> ServiceDeployment:
    began = now - timedelta(days=number)
    return ServiceDeployment(
        **place, **_named(f"service-deployment/{cluster}/{service}/{service}-{number}"), observed_at=now,
        cluster_name=cluster, service_name=service, status="SUCCESSFUL", created_at=began,
        finished_at=began + timedelta(minutes=3),
    )  # fmt: skip


def _task(account: Account, number: int, cluster: str, service: str) -> Task:
    began = timezone.now() - timedelta(seconds=number)
    ended = number % 100 >= RUNNING_SHARE * 100
    status = "STOPPED" if ended else "RUNNING"
    where = _named(f"task/{cluster}/{task_id(number)}")
    described = _description(where["arn"], service, number)
    return Task(
        **where, account=account, region=REGION, observed_at=began, cluster_name=cluster, service_name=service,
        group=f"service:{service}", family=service, revision=5, last_status=status, desired_status=status,
        task_definition_arn=f"arn:aws:ecs:{REGION}:{NUMBER}:task-definition/{service}:5", launch_type="FARGATE",
        availability_zone=f"{REGION}{'abc'[number % 3]}", private_ip=private_ip(number), cpu=256, memory=512,
        started_by="ecs-svc/0001", created_at=began, started_at=began, stopped_at=timezone.now() if ended else None,
        stop_code="EssentialContainerExited" if ended else "",
        stopped_reason="Essential container in task exited" if ended else "",
        description=described, images=images(described), health_status="HEALTHY",
    )  # fmt: skip


def _description(arn: str, service: str, number: int) -> dict[str, Any]:
    """Return a description about as large as that of a task with two containers in ECS."""
    container = {
        "containerArn": arn.replace(":task/", ":container/"), "taskArn": arn, "name": "app", "lastStatus": "RUNNING",
        "image": f"registry.example/{service}:1.5", "imageDigest": f"sha256:{number % 400:064x}",
        "runtimeId": task_id(number), "networkInterfaces": [{"attachmentId": "a", "privateIpv4Address": "10.0.0.1"}],
        "healthStatus": "HEALTHY", "managedAgents": [], "cpu": "256", "memory": "512",
    }  # fmt: skip
    return {"taskArn": arn, "containers": [container, {**container, "name": "sidecar"}], "attributes": []}
