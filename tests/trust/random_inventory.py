"""The rows of a random estate: what AWS would have in the account, with the services and tasks that use it."""

from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from clusters.models import (
    AutoScalingGroup,
    CapacityProvider,
    Cluster,
    ContainerInstance,
    InstanceProfile,
    InstanceType,
    KeyPair,
    MachineImage,
    Role,
    SecurityGroup,
    Subnet,
    Vpc,
)
from ecsdash.access.models import OwnershipRule
from ecsdash.inventory.models import EventFeed, SweepState
from services.models import (
    Certificate,
    Listener,
    LoadBalancer,
    LogGroup,
    Repository,
    Secret,
    TargetGroup,
)
from tests.trust.random_changes import add_changes
from tests.trust.random_estate import ACCOUNT_ID, SHARED, TEAMS, Estate, Thing, arn
from tests.trust.random_scaling import NOUNS as SCALING_NOUNS
from tests.trust.random_workload import Workload, note_places
from tests.users import REGION

NOUNS: Final = (
    "clusters", "services", "tasks", "task_definitions", "roles", "security_groups", "subnets", "vpcs", "secrets",
    "load_balancers", "listeners", "target_groups", "instance_profiles", "log_groups", "capacity_providers",
    "auto_scaling_groups", "key_pairs", "certificates", "repositories", "container_instances", "machine_images",
    "instance_types", "service_deployments", *SCALING_NOUNS,
)  # fmt: skip
ECS_TASKS: Final = "ecs-tasks.amazonaws.com"
ECS: Final = "ecs.amazonaws.com"
BALANCING: Final = "elasticloadbalancing"


@dataclass
class Inventory(Workload):
    """Writes the rows of an estate. Everything is in one VPC, that of the first team."""

    def build(self) -> Estate:
        now, scope = timezone.now(), self.estate.scope
        SweepState.objects.bulk_create(
            SweepState(account=scope.account, region=REGION, noun=noun, started_at=now, completed_at=now)
            for noun in NOUNS
        )
        self.row(MachineImage, "image", "arn:image", image_id="ami-1", label="Amazon Linux")
        self.row(InstanceType, "t3.medium", "arn:type", vcpus=2, memory=4096)
        self.row(Role, "ecsTaskExecutionRole", arn("iam", "role/ecsTaskExecutionRole"), region="", trusts=[ECS_TASKS])
        self.row(Role, "ecsInstanceRole", arn("iam", "role/ecsInstanceRole"), region="")
        profile = arn("iam", "instance-profile/ecsInstanceRole")
        self.row(InstanceProfile, "ecsInstanceRole", profile, region="", role_name="ecsInstanceRole")
        self.row(EventFeed, "events", arn("events", "rule/events"), connected=True)
        for team in TEAMS:
            self._network(team)
            self._identity(team)
            self._balancing(team)
            self._storage(team)
        for team in TEAMS:
            self._capacity(team)
        for team in TEAMS:
            self.add_workload(team)
        add_changes(self)
        note_places(self.estate)
        for model, rows in self.rows.items():
            model._default_manager.bulk_create(rows)
        self.add_restore_points()
        return self.estate

    def _network(self, team: str) -> None:
        add, vpc = self.estate.add, self.estate.add("vpc", team, key="vpc-{token}")
        if team == TEAMS[0] and self.estate.chance(0.5):
            vpc.name, vpc.owner, vpc.tags = "main", SHARED, {}
        self.row(Vpc, vpc.keys[0], arn("ec2", f"vpc/{vpc.keys[0]}"), label=vpc.name, tags=vpc.tags,
                 is_default=vpc.keys[0] == self.vpc)  # fmt: skip
        for zone in "aab":
            each = add("subnet", team, key="subnet-{token}")
            self.row(
                Subnet, each.keys[0], arn("ec2", f"subnet/{each.keys[0]}"), label=each.name, tags=each.tags,
                vpc_id=self.vpc, availability_zone=zone, public=True,
            )  # fmt: skip
        for _ in range(4):
            each = add("security_group", team, key="sg-{token}")
            where = arn("ec2", f"security-group/{each.keys[0]}")
            self.row(SecurityGroup, each.keys[0], where, label=each.name, tags=each.tags, vpc_id=self.vpc)
        key = add("key_pair", team)
        self.row(KeyPair, key.name, arn("ec2", f"key-pair/{key.name}"), tags=key.tags)

    def _identity(self, team: str) -> None:
        for _ in range(3):
            each = self.estate.add("role", team, key=arn("iam", "role/{}"))
            self.row(Role, each.name, each.keys[0], region="", tags=each.tags, trusts=[ECS_TASKS, ECS])
        for _ in range(2):
            each = self.estate.add("instance_profile", team, key=arn("iam", "instance-profile/{}"))
            role = self.estate.random.choice(self.estate.named("role"))
            self.row(InstanceProfile, each.name, each.keys[0], region="", tags=each.tags, role_name=role.name)

    def _balancing(self, team: str) -> None:
        add = self.estate.add
        for _ in range(3):
            self.add_target_group(team)
        certificate = add("certificate", team, key=arn("acm", "certificate/{token}"))
        self.row(
            Certificate, certificate.keys[0], certificate.keys[0], label=certificate.name, tags=certificate.tags,
            domains=[certificate.name], status="ISSUED",
        )  # fmt: skip
        for _ in range(2):
            self._balancer(team)

    def _balancer(self, team: str) -> None:
        """Add a load balancer with two listeners, which belong to whom it belongs."""
        estate = self.estate
        balancer = estate.add("load_balancer", team, key=arn(BALANCING, "loadbalancer/app/{}/{token}"))
        scheme = estate.random.choice(["internal", "internet-facing"])
        self.row(
            LoadBalancer, balancer.name, balancer.keys[0], tags=balancer.tags, scheme=scheme, state="active",
            dns_name="site.example", vpc_id=self.vpc,
        )  # fmt: skip
        path = balancer.keys[0].partition("loadbalancer/")[2]
        for port in (8080, 8081):
            default, routed = estate.some("target_group", team), estate.some("target_group", team)
            key = arn(BALANCING, f"listener/{path}/{estate.token()}")
            rule = key.replace(":listener/", ":listener-rule/") + f"/{estate.token()}"
            rules = [{"arn": rule, "priority": 10, "hosts": [], "paths": ["/app/*"], "others": [],
                      "target_group_arns": [each.keys[0] for each in routed]}]  # fmt: skip
            weighted = [{"TargetGroupArn": each.keys[0], "Weight": 1} for each in default]
            self.row(
                Listener, f"{balancer.name}-{port}", key, load_balancer_arn=balancer.keys[0], port=port,
                protocol="HTTP", target_group_arns=[each.keys[0] for each in default], rules=rules,
                description={"DefaultActions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}]},
            )  # fmt: skip
            forwarded = {each.keys[0] for each in (*default, *routed)}
            for group in (row for row in self.rows[TargetGroup] if row.arn in forwarded):
                group.load_balancer_arns = [*group.load_balancer_arns, balancer.keys[0]]
            self._follow(balancer, "listener", key, [*default, *routed])
            self._follow(balancer, "listener_rule", rule, routed)

    def _follow(self, balancer: Thing, kind: str, key: str, behind: list[Thing]) -> None:
        estate, names = self.estate, frozenset(each.name for each in behind)
        estate.things.append(Thing(kind, f"{kind} of {balancer.name}", (key,), balancer.affinity, balancer.owner))
        estate.behind[key] = names
        estate.behind[balancer.name] = estate.behind.get(balancer.name, frozenset()) | names

    def _storage(self, team: str) -> None:
        estate, add = self.estate, self.estate.add
        for _ in range(3):
            each = add("secret", team, "{}/password", arn("secretsmanager", "secret:{}-AbCdEf"))
            self.row(Secret, each.name, each.keys[0], tags=each.tags)
            each = add("log_group", team, "/ecs/{}")
            self.row(LogGroup, each.name, arn("logs", f"log-group:{each.name}"), tags=each.tags)
        each = add("repository", team, key=f"{ACCOUNT_ID}.dkr.ecr.{REGION}.amazonaws.com/{{}}")
        self.row(Repository, each.name, arn("ecr", f"repository/{each.name}"), tags=each.tags, uri=each.keys[0])
        add("object", team, "{}/app.env", "arn:aws:s3:::{}")
        for owner in (team, ""):
            each = add("file_system", team, "fs-{token}", "fs-{token}", owner=owner)
            if owner:
                OwnershipRule.objects.create(kind="file_system", pattern=each.name, team=estate.teams[team])
        add("namespace", team)

    def _capacity(self, team: str) -> None:
        """Add a cluster with capacity providers and instances. The first team adds that of all teams too."""
        estate, names = self.estate, [self.estate.clusters[TEAMS.index(team)]]
        for cluster in [*names, *(estate.clusters[-1:] if team == TEAMS[0] else ())]:
            providers = [*(self._provider(team, cluster) for _ in range(2)), self._managed_instances(team, cluster)]
            usual = [each for each in providers if each.owner in ("", SHARED, team) or estate.chance(0.15)]
            attached = [each.name for each in usual]
            tags = {"team": team}
            self.row(
                Cluster, cluster, arn("ecs", f"cluster/{cluster}"), status="ACTIVE", tags=tags,
                capacity_providers=["FARGATE", *attached],
            )  # fmt: skip
            for each in providers:
                if each.name in attached:
                    each.places.add((cluster, ""))

    def _managed_instances(self, team: str, cluster: str) -> Thing:
        """Add a capacity provider of ECS Managed Instances with a role and a profile of the team."""
        estate = self.estate
        role, profile = (estate.random.choice(estate.named(kind, team)) for kind in ("role", "instance_profile"))
        subnet = estate.random.choice(estate.named("subnet", team))
        template = {
            "ec2InstanceProfileArn": profile.keys[0], "networkConfiguration": {"subnets": [subnet.keys[0]]},
        }  # fmt: skip
        settings = {"infrastructureRoleArn": role.keys[0], "instanceLaunchTemplate": template}
        provider = estate.add("capacity_provider", team)
        self.row(
            CapacityProvider, provider.name, arn("ecs", f"capacity-provider/{provider.name}"), status="ACTIVE",
            tags=provider.tags, description={"cluster": cluster, "managedInstancesProvider": settings},
        )  # fmt: skip
        return provider

    def _provider(self, team: str, cluster: str) -> Thing:
        estate = self.estate
        group = estate.add("auto_scaling_group", team, key=arn("autoscaling", "autoScalingGroup:{token}:name/{}"))
        template = estate.add("launch_template", team, key="lt-{token}")
        instance = f"i-{estate.token()}"
        estate.instances[instance] = cluster
        tags = {**group.tags, "ecsdash:cluster": cluster}
        self.row(
            AutoScalingGroup, group.name, group.keys[0], desired_capacity=2, max_size=4, tags=tags,
            description={
                "LaunchTemplate": {"LaunchTemplateId": template.keys[0], "LaunchTemplateName": template.name},
                "Instances": [{"InstanceId": instance}],
            },
        )  # fmt: skip
        self.row(
            ContainerInstance, instance, arn("ecs", f"container-instance/{cluster}/{estate.token()}"),
            cluster_name=cluster, container_instance_id=estate.token(), instance_type="t3.medium",
            status=estate.random.choice(["ACTIVE", "DRAINING"]), agent_connected=True,
        )  # fmt: skip
        provider = estate.add("capacity_provider", team)
        self.row(
            CapacityProvider, provider.name, arn("ecs", f"capacity-provider/{provider.name}"), status="ACTIVE",
            tags=provider.tags, auto_scaling_group_arn=group.keys[0],
            description={"autoScalingGroupProvider": {"autoScalingGroupArn": group.keys[0]}},
        )  # fmt: skip
        group.places.add((cluster, ""))
        template.places = provider.places
        return provider
