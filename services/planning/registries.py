"""Steps of the Cloud Map service of a service: its creation and its removal."""

from collections.abc import Mapping
from typing import Any, Final

from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG, ref
from services.selectors.load_balancers import SERVICE_TAG
from services.selectors.namespaces import Registry, description_for

CALLS: Final = ("servicediscovery.create_service",)
REMOVAL_CALLS: Final = ("servicediscovery.delete_service",)
NOUNS: Final = ("namespaces",)
#: ECS deregisters the tasks before Cloud Map deletes the service.
INSTANCES_SECONDS: Final = 1800


def registry_steps(data: Mapping[str, Any], owner: str) -> tuple[Step, ...]:
    """Return the step for the cleaned form; none if it creates no Cloud Map service. `owner` is "cluster/service"."""
    if not data.get("new_registry"):
        return ()
    record = {"Type": data["registry_record"], "TTL": data["registry_ttl"]}
    return (
        Step(
            "registry",
            f"Create the Cloud Map service {data['registry_name']}",
            call="servicediscovery.create_service",
            params={
                "Name": data["registry_name"],
                "NamespaceId": data["registry_namespace"],
                "Description": description_for(owner),
                "DnsConfig": {"RoutingPolicy": "MULTIVALUE", "DnsRecords": [record]},
                "HealthCheckCustomConfig": {"FailureThreshold": 1},
                "Tags": [{"Key": SERVICE_TAG, "Value": owner}, {"Key": STEP_TAG, "Value": STEP_ID}],
            },
            repeat=Repeat.LOOKUP,
            lookup="registry_of_step",
        ),
    )


def with_new_registry(document: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with the new Cloud Map service."""
    if not data.get("new_registry"):
        return dict(document)
    return {**document, "serviceRegistries": [{"registryArn": ref("registry.Service.Arn"), **data["registry"]}]}


def registry_removal(number: int, registry: Registry) -> Step:
    return Step(
        f"registry_{number}",
        f"Delete the Cloud Map service {registry.name}",
        "servicediscovery.delete_service",
        {"Id": registry.identifier},
        tolerate=("ServiceNotFound",),
        retry_on=("ResourceInUse",),
        timeout=INSTANCES_SECONDS,
    )
