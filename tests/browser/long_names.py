"""Rows with long but realistic names for every list, written directly into the inventory."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from clusters.models import Cluster, ContainerInstance
from ecsdash.access.models import Grant, OwnershipRule, Team, User
from ecsdash.audit.record import record
from ecsdash.inventory.models import Account, Resource, SweepState
from ecsdash.operations.models import Operation
from ecsdash.operations.plan import Plan, Step
from services.models import Service, ServiceDeployment, Task, TaskDefinition
from tests.users import make_account

CLUSTER, SERVICE, PROVIDER = (
    "payments-production-cluster",
    "payments-reconciliation-worker",
    "payments-production-ec2-spot",
)
REASON = "Essential container in task exited (exit code 137, OutOfMemoryError: container killed due to memory usage)"


def build(user: User) -> None:
    """Create two accounts with two regions each, so that lists of all accounts show account and region."""
    for number, name in (("123456789012", "payments-production"), ("210987654321", "payments-staging")):
        environment = name.removeprefix("payments-")
        account = make_account(
            name, name=name, account_id=number, regions=["ap-southeast-2", "eu-central-1"],
            environment=environment,
        )  # fmt: skip
        for region in account.regions:
            place(account, region)
    changes(account, user)
    access(account)


def access(account: Account) -> None:
    """Two teams share what the cluster uses, so it is unowned and in use; a rule names something else."""
    teams = [Team.objects.create(name=f"payments-{name}-engineers") for name in ("platform", "reconciliation")]
    for team in teams:
        Grant.objects.create(
            team=team, role="deployer", cluster=CLUSTER, capabilities=["host_access", "command_override"],
            pass_roles=["payments-production-*", "payments-reconciliation-worker-task-role"],
        )  # fmt: skip
    OwnershipRule.objects.create(
        account=account, kind="capacity_provider", pattern="payments-production-*-reconciliation-worker-secrets",
        team=teams[1], note="INC-20417: handed over by the platform engineers after the last quarter",
    )  # fmt: skip
    OwnershipRule.objects.create(kind="load_balancer", tag_key="payments-platform-owner", tag_value="reconciliation-*")


def place(account: Account, region: str) -> None:
    now = timezone.now()

    def row(model: type[Resource], name: str, **columns: Any) -> None:
        arn = f"arn:aws:ecs:{region}:{account.account_id}:{model._meta.model_name}/{CLUSTER}/{name}"
        model.objects.create(account=account, region=region, arn=arn, name=name, observed_at=now, **columns)

    inside = {"cluster_name": CLUSTER}
    definition = f"arn:aws:ecs:{region}:{account.account_id}:task-definition/{SERVICE}:1042"
    row(
        Cluster, CLUSTER, status="ACTIVE", active_services_count=140, running_tasks_count=1280, pending_tasks_count=24,
        registered_container_instances_count=112, capacity_providers=["FARGATE", "FARGATE_SPOT", PROVIDER],
        container_insights="enhanced", tags={"team": "payments-platform"},
    )  # fmt: skip
    row(
        Service, SERVICE, **inside, status="ACTIVE", health="Tasks failing", desired_count=120, running_count=118,
        pending_count=12, task_definition=definition, launch_type=PROVIDER, deployed_at=now - timedelta(hours=27),
        last_event=f"(service {SERVICE}) was unable to place a task: no container instance met all of its needs.",
    )  # fmt: skip
    row(
        ServiceDeployment, "gX8nqKbGZ0Yd9tT1hA2bC", **inside, service_name=SERVICE, status="ROLLBACK_IN_PROGRESS",
        status_reason="Service deployment rolled back because the circuit breaker threshold was exceeded.",
        task_definition=definition, created_at=now - timedelta(hours=3), finished_at=now,
    )  # fmt: skip
    row(
        TaskDefinition, f"{SERVICE}:1042", family=SERVICE, revision=1042, status="ACTIVE", cpu=4096, memory=30720,
        requires_compatibilities=["EC2", "FARGATE"], registered_at=now - timedelta(days=40),
        images=[f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/payments/{SERVICE}:2026-11-26.1042", "envoy:v1.32"],
    )  # fmt: skip
    row(
        ContainerInstance, "i-0123456789abcdef0", **inside, container_instance_id="0123456789abcdef", status="DRAINING",
        agent_connected=True, instance_type="m7gd.16xlarge", availability_zone=f"{region}b",
        capacity_provider_name=PROVIDER, running_tasks_count=118, pending_tasks_count=12, registered_cpu=65536,
        remaining_cpu=1024, registered_memory=262144, remaining_memory=2048, registered_at=now - timedelta(days=300),
    )  # fmt: skip
    task = {
        **inside, "service_name": SERVICE, "family": SERVICE, "revision": 1042, "desired_status": "RUNNING",
        "task_definition_arn": definition, "launch_type": "EC2", "capacity_provider_name": PROVIDER,
        "availability_zone": f"{region}b", "private_ip": "172.31.216.254", "created_at": now - timedelta(hours=27),
    }  # fmt: skip
    row(Task, "0123456789abcdef0123456789abcdef", **task, last_status="PROVISIONING", health_status="UNHEALTHY")
    row(
        Task, "fedcba9876543210fedcba9876543210", **task, last_status="STOPPED", stop_code="EssentialContainerExited",
        stopped_reason=REASON, stopped_at=now, gone_at=now, description={"containers": [{"exitCode": 137}]},
    )  # fmt: skip
    for noun in ("clusters", "service_deployments", "auto_scaling_groups"):
        SweepState.objects.create(account=account, region=region, noun=noun, started_at=now, completed_at=now)


def changes(account: Account, user: User) -> None:
    plan = Plan(
        summary=f"Deploy {SERVICE}:1042 to {SERVICE}", resource_key="arn:x", resource_name=SERVICE,
        steps=(Step("update", "Update the service", call="ecs.update_service", params={"service": "web"}),),
    )  # fmt: skip
    here = {"account": account, "region": "ap-southeast-2", "cluster": CLUSTER, "service": SERVICE}
    Operation.objects.create(
        user=user, action="deploy", **here, resource_key="arn:x", resource_name=SERVICE, plan_data=plan.to_json(),
        state="failed",
    )  # fmt: skip
    record(
        actor=user, action="remove_leftovers", account=account.alias, region="ap-southeast-2", cluster=CLUSTER,
        service=SERVICE, resource_name=SERVICE, resource_type="service",
        reason="INC-20417: the reconciliation of the last quarter",
    )  # fmt: skip
