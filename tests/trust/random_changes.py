"""Changes made outside the dashboard in a random estate: what they replaced names things of every team."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from clusters.models import Cluster
from ecsdash.external_changes.models import ExternalChange
from ecsdash.inventory.former_states import TAGS
from services.models import Listener, Service
from tests.trust.random_workload import Workload

SCALING = "application-autoscaling.register_scalable_target"
Former = dict[str, Any]


def add_changes(workload: Workload) -> None:
    """Add a change of each kind to each cluster, service and listener, with former settings at random."""
    for row in [*workload.rows[Cluster], *workload.rows[Service], *workload.rows[Listener]]:
        for call, event, former in former_settings(workload, row):
            cluster, service = place_of(workload, row)
            token = workload.estate.token()
            request = {"ServiceNamespace": "ecs", "ResourceId": f"service/{cluster}/{service}"}
            workload.row(
                ExternalChange, token, f"external:{token}", state=ExternalChange.State.OPEN, call=call,
                description={"eventName": event, "parameters": request if call == SCALING else {}},
                happened_at=timezone.now(), source=ExternalChange.Source.CLOUDTRAIL, person="somebody",
                resource_type=row.NOUN, resource_arn=row.arn, resource_name=row.name, cluster_name=cluster,
                service_name=service, former=former,
            )  # fmt: skip


def former_settings(workload: Workload, row: Cluster | Service | Listener) -> Iterator[tuple[str, str, Former]]:
    """Yield the calls that may have changed the row, with the settings that they replaced."""
    estate = workload.estate
    if isinstance(row, Listener):
        group = estate.random.choice(estate.named("target_group")).keys[0]
        yield (
            "elbv2.modify_listener",
            "ModifyListener",
            {"DefaultActions": [{"Type": "forward", "TargetGroupArn": group}]},
        )
        return
    yield "ecs.tag_resource", "TagResource", {TAGS: {"stage": estate.token(), "added": None}}
    if isinstance(row, Cluster):
        providers = [each.name for each in estate.random.sample(estate.named("capacity_provider"), 2)]
        capacity = {"capacityProviders": providers, "defaultCapacityProviderStrategy": []}
        settings = {"settings": [{"name": "containerInsights", "value": "enabled"}]}
        yield "ecs.put_cluster_capacity_providers", "PutClusterCapacityProviders", capacity
        yield "ecs.update_cluster_settings", "UpdateClusterSettings", settings
        return
    groups = [each.keys[0] for each in estate.random.sample(estate.named("security_group"), 2)]
    subnets = [each.keys[0] for each in estate.random.sample(estate.named("subnet"), 2)]
    network = {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": groups, "assignPublicIp": "DISABLED"}}
    for former in (
        {"desiredCount": 3},
        {"taskDefinition": estate.random.choice([*estate.definitions])},
        {"networkConfiguration": network},
    ):
        yield "ecs.update_service", "UpdateService", former
    role = estate.random.choice(estate.named("role")).keys[0]
    limits = {"MinCapacity": 1, "MaxCapacity": 4}
    yield SCALING, "RegisterScalableTarget", limits | ({"RoleARN": role} if estate.chance(0.3) else {})


def place_of(workload: Workload, row: Cluster | Service | Listener) -> tuple[str, str]:
    """Return the cluster and the service to which a change belongs; of a listener, those of a service at random."""
    if isinstance(row, Cluster):
        return row.name, ""
    service = row if isinstance(row, Service) else workload.estate.random.choice(workload.rows[Service])
    return service.cluster_name, service.name
