"""The services, tasks and task definitions of a random estate, and what each of them names."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from ecsdash.inventory.models import Resource
from services.documents.service import document_of
from services.models import RestorePoint, Service, ServiceDeployment, TargetGroup, Task, TaskDefinition
from services.selectors.load_balancers import SERVICE_TAG
from tests.trust.random_estate import TEAMS, Estate, Thing, arn
from tests.trust.random_scaling import add_scaling
from tests.users import REGION


@dataclass
class Workload:
    """Collects rows of the inventory, which are written at once."""

    estate: Estate
    rows: dict[type[Resource], list[Any]] = field(default_factory=lambda: defaultdict(list))
    former: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def row(self, model: type[Resource], name: str, key: str, **columns: Any) -> Any:
        here = {"account": self.estate.scope.account, "region": REGION, "observed_at": timezone.now()}
        row = model(name=name, arn=key, **{**here, **columns})
        self.rows[model].append(row)
        return row

    @property
    def vpc(self) -> str:
        return self.estate.named("vpc")[0].keys[0]

    def add_workload(self, team: str) -> None:
        """Add services in the team's cluster and in the cluster of all, each with a family and what it uses."""
        estate = self.estate
        for cluster in (estate.clusters[TEAMS.index(team)], estate.clusters[-1]):
            self._service(team, cluster, f"{team}-{estate.token()}")
        gone = (estate.clusters[TEAMS.index(team)], f"{team}-{estate.token()}")
        estate.leftovers.append(gone)
        self._tag_as_created(self.add_target_group(team), *gone)
        unused = estate.add("task_definition", team)
        for revision, status in ((1, "INACTIVE"), (2, "ACTIVE"), (3, "ACTIVE")):
            self._definition(team, unused, revision, status)
        family = estate.random.choice(estate.usable("task_definition", team) or [unused])
        self._task(family, estate.clusters[-1], "")

    def _definition(self, team: str, family: Thing, revision: int, status: str = "ACTIVE") -> str:
        """Add a revision. What it names is noted as what the family names."""
        estate = self.estate
        container: dict[str, Any] = {
            "name": "app", "image": "registry.example/app:1", "essential": True,
            "portMappings": [{"containerPort": 80, "protocol": "tcp"}],
        }  # fmt: skip
        roles, secrets, groups = (estate.some(kind, team) for kind in ("role", "secret", "log_group"))
        files = estate.some("file_system", team)
        if not roles:
            secrets = groups = []  # ECS refuses both without an execution role
        if secrets:
            container["secrets"] = [{"name": "PASSWORD", "valueFrom": secrets[0].keys[0]}]
        if groups:
            options = {"awslogs-group": groups[0].name, "awslogs-region": REGION, "awslogs-stream-prefix": "ecs"}
            container["logConfiguration"] = {"logDriver": "awslogs", "options": options}
        document: dict[str, Any] = {
            "family": family.name, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256",
            "memory": "512", "containerDefinitions": [container],
            **({"taskRoleArn": roles[0].keys[0], "executionRoleArn": roles[0].keys[0]} if roles else {}),
        }  # fmt: skip
        if files:
            document["volumes"] = [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": files[0].name}}]
        key = arn("ecs", f"task-definition/{family.name}:{revision}")
        self.row(
            TaskDefinition, f"{family.name}:{revision}", key, family=family.name, revision=revision, status=status,
            network_mode="awsvpc", requires_compatibilities=["FARGATE"], description=document, tags=family.tags,
        )  # fmt: skip
        names = {each.name for each in (*roles, *secrets, *groups, *files)}
        estate.families[family.name] = estate.definitions[key] = names
        family.keys = (*family.keys, key)
        return key

    def _service(self, team: str, cluster: str, name: str) -> None:
        estate = self.estate
        known = estate.usable("task_definition", team) if estate.chance(0.3) else []
        family = estate.random.choice(known) if known else estate.add("task_definition", team)
        older = self._definition(team, family, 2 * len(family.keys) + 1)
        key = self._definition(team, family, 2 * len(family.keys) + 2)
        subnets, groups = estate.some("subnet", team, 2), estate.some("security_group", team, 2)
        behind, spaces = estate.some("target_group", team), estate.some("namespace", team)
        public = "ENABLED" if estate.chance(0.5) else "DISABLED"
        network = {"subnets": [each.keys[0] for each in subnets], "securityGroups": [each.keys[0] for each in groups],
                   "assignPublicIp": public}  # fmt: skip
        description = {
            "serviceName": name, "taskDefinition": key, "launchType": "FARGATE", "status": "ACTIVE", "desiredCount": 1,
            "networkConfiguration": {"awsvpcConfiguration": network},
            "loadBalancers": [{"targetGroupArn": each.keys[0], "containerName": "app", "containerPort": 80}
                              for each in behind],
            **({"serviceConnectConfiguration": {"enabled": True, "namespace": spaces[0].name}} if spaces else {}),
        }  # fmt: skip
        self.row(
            Service, name, arn("ecs", f"service/{cluster}/{name}"), cluster_name=cluster, status="ACTIVE",
            task_definition=key, target_group_arns=[each.keys[0] for each in behind], desired_count=1,
            running_count=1, description=description,
        )  # fmt: skip
        add_scaling(self, cluster, name)
        for number, (status, revision) in enumerate((("SUCCESSFUL", older), ("IN_PROGRESS", key))):
            self.row(
                ServiceDeployment, f"d{number}", arn("ecs", f"service-deployment/{cluster}/{name}/{estate.token()}"),
                cluster_name=cluster, service_name=name, status=status, task_definition=revision,
                created_at=timezone.now(), description={
                    "sourceServiceRevisions": [{"arn": "before"}], "taskDefinitions": {"before": older},
                    "lifecycleHookDetails": [{"hookId": "h", "targetType": "PAUSE", "status": "AWAITING_ACTION"}],
                },
            )  # fmt: skip
        self.former[cluster, name] = {**description, "taskDefinition": older, "networkConfiguration": {
            "awsvpcConfiguration": {**network, "securityGroups": self.any_groups()}}}  # fmt: skip
        used = [family, *subnets, *groups, *behind, *spaces]
        estate.services[cluster, name] = {each.name for each in used}
        estate.running[cluster, name] = key
        self._task(family, cluster, name)
        if behind and estate.chance(0.5):
            self._tag_as_created(behind[0], cluster, name)

    def any_groups(self) -> list[str]:
        """Return some security groups, of whomever: what a service used once may belong to others now."""
        every = self.estate.named("security_group")
        return [each.keys[0] for each in self.estate.random.sample(every, self.estate.random.randint(0, 2))]

    def add_restore_points(self) -> None:
        """Add the former state of each service. Its row must be stored."""
        for (cluster, name), description in self.former.items():
            service = Service.objects.get(cluster_name=cluster, name=name)
            RestorePoint.objects.create(
                service=service, deployment="d0", steady_at=timezone.now(), document=document_of(description)
            )

    def add_target_group(self, team: str) -> Thing:
        added = self.estate.add("target_group", team, key=arn("elasticloadbalancing", "targetgroup/{}/{token}"))
        columns = {"port": 80, "protocol": "HTTP", "target_type": "ip", "vpc_id": self.vpc, "tags": added.tags}
        self.row(TargetGroup, added.name, added.keys[0], load_balancer_arns=["arn:any"], **columns)
        return added

    def _tag_as_created(self, group: Thing, cluster: str, service: str) -> None:
        (row,) = [each for each in self.rows[TargetGroup] if each.name == group.name]
        row.tags = {**row.tags, SERVICE_TAG: f"{cluster}/{service}"}
        group.places.add((cluster, service))

    def _task(self, family: Thing, cluster: str, service: str) -> None:
        estate, key = self.estate, self.estate.token()
        estate.tasks[key] = (cluster, service or family.name)
        definition = family.keys[-1]
        self.row(
            Task, key, arn("ecs", f"task/{cluster}/{key}"), cluster_name=cluster, service_name=service,
            family=family.name, last_status="RUNNING", desired_status="RUNNING", task_definition_arn=definition,
        )  # fmt: skip
        if not service:
            estate.running[cluster, family.name] = definition


def note_places(estate: Estate) -> None:
    """Note at each thing the services and standalone tasks that use it, directly or by their task definition."""
    things = {each.name: each for each in estate.things}
    for place, key in estate.running.items():
        family = key.rpartition("/")[2].partition(":")[0]
        for name in (family, *estate.definitions[key], *estate.services.get(place, ())):
            things[name].places.add(place)
    for each in estate.things:
        for name in estate.behind.get(each.keys[0] if each.kind.startswith("listener") else each.name, ()):
            each.places |= things[name].places
