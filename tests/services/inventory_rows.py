"""Rows of two accounts, written straight into the inventory: what lists and the search find, without AWS."""

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from clusters.models import Cluster, ContainerInstance
from ecsdash.inventory.models import Resource, SweepState
from ecsdash.inventory.scope import Scope
from services.models import Service, ServiceDeployment, Task, TaskDefinition
from tests.users import ACCOUNT, CLUSTER, FOREIGN_SERVICE, REGION, SERVICE, make_account

NOUNS = ("clusters", "services", "tasks", "task_definitions", "service_deployments", "container_instances")
IMAGE = "registry.example/shop/front:1.4"
DIGEST = "sha256:" + "ab12" * 16


@dataclass
class InventoryRows:
    """The account of the cast in two regions, and the account `bank`, which only the admin may see."""

    scopes: dict[str, Scope] = field(default_factory=dict)

    def build(self) -> None:
        demo = make_account(ACCOUNT, name="Demo", account_id="1" * 12, regions=[REGION, "us-east-1"])
        bank = make_account("bank", name="Bank", account_id="2" * 12, regions=[REGION], environment="production")
        self.scopes = {"home": Scope(demo, REGION), "far": Scope(demo, "us-east-1"), "bank": Scope(bank, REGION)}
        for scope in self.scopes.values():
            self._swept(scope)
        for place, service in (("home", SERVICE), ("home", FOREIGN_SERVICE), ("far", SERVICE), ("bank", "web-vault")):
            self._service(place, service)

    def row(self, model: type[Resource], place: str, name: str, **columns: Any) -> Any:
        scope = self.scopes[place]
        arn = f"arn:aws:ecs:{scope.region}:{scope.account.account_id}:{model.NOUN}/{columns.pop('path', '')}{name}"
        where = {"account": scope.account, "region": scope.region, "observed_at": timezone.now()}
        return model.objects.create(arn=arn, name=name, **where, **columns)

    def task(self, place: str, name: str, service: str = SERVICE, **columns: Any) -> Task:
        given = {"cluster_name": CLUSTER, "service_name": service, "family": service, "revision": 1}
        state = {"last_status": "RUNNING", "desired_status": "RUNNING", "created_at": timezone.now()}
        found: Task = self.row(Task, place, name, **{**given, **state, **columns})
        return found

    def _service(self, place: str, name: str) -> None:
        if not Cluster.objects.filter(self.scopes[place].condition(), name=CLUSTER).exists():
            self.row(Cluster, place, CLUSTER, status="ACTIVE")
            self.row(
                ContainerInstance, place, f"i-0{place}", cluster_name=CLUSTER, status="ACTIVE", agent_connected=True,
                container_instance_id=f"instance-{place}",
            )  # fmt: skip
        family = self.row(TaskDefinition, place, f"{name}:1", family=name, revision=1, status="ACTIVE", images=[IMAGE])
        self.row(
            Service, place, name, cluster_name=CLUSTER, status="ACTIVE", task_definition=family.arn, path=f"{CLUSTER}/"
        )
        self.row(
            ServiceDeployment, place, f"deployment-{name}", cluster_name=CLUSTER, service_name=name,
            status="SUCCESSFUL", created_at=timezone.now(),
        )  # fmt: skip
        self.task(place, f"{place}-{name}-task", name)

    def _swept(self, scope: Scope) -> None:
        now = timezone.now()
        for noun in NOUNS:
            SweepState.objects.create(
                account=scope.account, region=scope.region, noun=noun, started_at=now, completed_at=now
            )
