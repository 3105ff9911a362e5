"""Sweep of the Cloud Map namespaces with their Cloud Map services."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.inventory import store
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps.registry import sweeper
from services.models import Namespace


@sweeper("namespaces", choice=True)
def sweep_namespaces(scope: Scope) -> None:
    aws = scope.connection()
    found = aws.collect("servicediscovery.list_namespaces", "Namespaces")
    records = [
        Record(
            each["Arn"],
            each["Name"],
            each,
            columns={
                "namespace_id": each["Id"],
                "kind": each.get("Type", ""),
                "registries": _registries(aws, each["Id"]),
            },
        )
        for each in found
    ]
    store.replace(Namespace, scope, records, "namespaces")


def _registries(aws: Aws, namespace: str) -> list[dict[str, Any]]:
    """Return Namespace.registries. Answers of ListServices do not say the namespace of each."""
    within = [{"Name": "NAMESPACE_ID", "Values": [namespace], "Condition": "EQ"}]
    return [_registry(each) for each in aws.collect("servicediscovery.list_services", "Services", Filters=within)]


def _registry(service: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of Namespace.registries."""
    records = (service.get("DnsConfig") or {}).get("DnsRecords") or []
    return {
        "arn": service["Arn"],
        "name": service["Name"],
        "records": [{"type": each["Type"], "ttl": each["TTL"]} for each in records],
        "description": service.get("Description", ""),
    }
