"""Three teams in one account, written straight into the inventory: each has members who operate its cluster, a service
behind its own load balancer, a role, a secret and a security group. What belongs to a team carries its name."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import timezone

from clusters.models import Cluster, InstanceProfile, Role, SecurityGroup, Subnet, Vpc
from ecsdash.access.models import User
from ecsdash.access.permissions import Role as Held
from ecsdash.inventory.models import Account, Resource, SweepState
from ecsdash.inventory.scope import Scope
from services.models import Listener, LoadBalancer, LogGroup, Secret, Service, TargetGroup, Task, TaskDefinition
from tests.users import REGION, person, team_member

TEAMS: Final = ("shop", "bank", "blog")
ACCOUNT_ID: Final = "111111111111"
NOUNS: Final = (
    "clusters", "services", "tasks", "task_definitions", "roles", "security_groups", "subnets", "vpcs", "secrets",
    "load_balancers", "listeners", "target_groups", "instance_profiles", "log_groups",
)  # fmt: skip


def arn(service: str, path: str) -> str:
    return f"arn:aws:{service}:{'' if service == 'iam' else REGION}:{ACCOUNT_ID}:{path}"


@dataclass
class ThreeTeams:
    """Operators are members of the team, deployers are not; both hold their role for the team's cluster only."""

    scope: Scope = field(init=False)
    operators: dict[str, User] = field(default_factory=dict)
    deployers: dict[str, User] = field(default_factory=dict)

    def build(self) -> "ThreeTeams":
        account = Account.objects.create(alias="demo", name="Demo", account_id=ACCOUNT_ID, regions=[REGION])
        self.scope, now = Scope(account, REGION), timezone.now()
        for noun in NOUNS:
            SweepState.objects.create(account=account, region=REGION, noun=noun, started_at=now, completed_at=now)
        self.row(Vpc, "vpc-1", arn("ec2", "vpc/vpc-1"), is_default=True)
        self.row(Subnet, "subnet-1", arn("ec2", "subnet/subnet-1"), vpc_id="vpc-1", availability_zone="a", public=True)
        self.row(Role, "admin", arn("iam", "role/admin"), region="", trusts=["ecs-tasks.amazonaws.com"])
        self.row(InstanceProfile, "admin", arn("iam", "instance-profile/admin"), region="", role_name="admin")
        for team in TEAMS:
            self._team(team)
        return self

    def row(self, model: type[Resource], name: str, key: str, **columns: Any) -> Any:
        where = {"account": self.scope.account, "region": REGION, "observed_at": timezone.now()}
        return model.objects.create(name=name, arn=key, **{**where, **columns})

    def place(self, team: str, **more: str) -> dict[str, str]:
        return {"account": "demo", "region": REGION, "cluster": team, **more}

    def _team(self, team: str) -> None:
        self.operators[team] = team_member(f"{team}-operator", team, Held.OPERATOR, account="demo", cluster=team)
        self.deployers[team] = person(f"{team}-deployer", Held.DEPLOYER, account="demo", cluster=team)
        self.row(Cluster, team, arn("ecs", f"cluster/{team}"), status="ACTIVE")
        self.row(
            SecurityGroup, f"sg-{team}", arn("ec2", f"security-group/sg-{team}"), vpc_id="vpc-1", label=f"{team}-web"
        )
        self.row(Role, f"{team}-task", role(team), region="", trusts=["ecs-tasks.amazonaws.com"])
        self.row(Secret, f"{team}/password", secret(team))
        self.row(LogGroup, f"/ecs/{team}", arn("logs", f"log-group:/ecs/{team}"))
        self._load_balancing(team)
        definition = self.row(
            TaskDefinition, f"{team}-web:1", arn("ecs", f"task-definition/{team}-web:1"), family=f"{team}-web",
            revision=1, status="ACTIVE", network_mode="awsvpc", description=document(team),
            requires_compatibilities=["FARGATE"],
        )  # fmt: skip
        network = {"subnets": ["subnet-1"], "securityGroups": [f"sg-{team}"], "assignPublicIp": "ENABLED"}
        self.row(
            Service, "web", arn("ecs", f"service/{team}/web"), cluster_name=team, status="ACTIVE",
            task_definition=definition.arn, target_group_arns=[target_group(team)], desired_count=1, running_count=1,
            description={
                "serviceName": "web", "taskDefinition": definition.arn, "launchType": "FARGATE",
                "networkConfiguration": {"awsvpcConfiguration": network},
                "loadBalancers": [{"targetGroupArn": target_group(team), "containerName": "app", "containerPort": 80}],
            },
        )  # fmt: skip
        self.row(
            Task, f"{team}-task-1", arn("ecs", f"task/{team}/{team}-task-1"), cluster_name=team, service_name="web",
            family=f"{team}-web", last_status="RUNNING", desired_status="RUNNING", task_definition_arn=definition.arn,
        )  # fmt: skip

    def _load_balancing(self, team: str) -> None:
        self.row(LoadBalancer, team, balancer(team), vpc_id="vpc-1", scheme="internet-facing", state="active")
        self.row(
            TargetGroup, team, target_group(team), port=80, protocol="HTTP", target_type="ip", vpc_id="vpc-1",
            load_balancer_arns=[balancer(team)],
        )  # fmt: skip
        rules = [{"arn": rule(team), "priority": 10, "hosts": [], "paths": ["/app/*"], "others": [],
                  "target_group_arns": [target_group(team)]}]  # fmt: skip
        self.row(
            Listener, f"listener-{team}", listener(team), load_balancer_arn=balancer(team), port=80, protocol="HTTP",
            target_group_arns=[target_group(team)], rules=rules,
        )  # fmt: skip


def role(team: str) -> str:
    return arn("iam", f"role/{team}-task")


def secret(team: str) -> str:
    return arn("secretsmanager", f"secret:{team}/password-AbCdEf")


def balancer(team: str) -> str:
    return arn("elasticloadbalancing", f"loadbalancer/app/{team}/0123456789abcdef")


def listener(team: str) -> str:
    return arn("elasticloadbalancing", f"listener/app/{team}/0123456789abcdef/0011223344556677")


def rule(team: str) -> str:
    return arn("elasticloadbalancing", f"listener-rule/app/{team}/0123456789abcdef/0011223344556677/8899aabbccddeeff")


def target_group(team: str) -> str:
    return arn("elasticloadbalancing", f"targetgroup/{team}/fedcba9876543210")


def document(team: str, **more: Any) -> dict[str, Any]:
    """The task definition of a team's service, as RegisterTaskDefinition takes it."""
    container = {
        "name": "app", "image": "registry.example/app:1", "essential": True,
        "portMappings": [{"containerPort": 80, "protocol": "tcp"}],
        "secrets": [{"name": "PASSWORD", "valueFrom": secret(team)}],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": f"/ecs/{team}"}},
    }  # fmt: skip
    return {
        "family": f"{team}-web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256",
        "memory": "512", "taskRoleArn": role(team), "executionRoleArn": role(team), "containerDefinitions": [container],
        **more,
    }  # fmt: skip
