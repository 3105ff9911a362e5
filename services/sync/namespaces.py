"""Sweep of the Cloud Map namespaces with their Cloud Map services."""

from collections import defaultdict
from typing import Any

from ecsdash.inventory import store
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps.registry import sweeper
from services.models import Namespace


@sweeper("namespaces", choice=True)
def sweep_namespaces(scope: Scope) -> None:
    aws = scope.connection()
    found = aws.collect("servicediscovery.list_namespaces", "Namespaces")
    registries: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in aws.collect("servicediscovery.list_services", "Services") if found else ():
        registries[_namespace_of(each)].append(_registry(each))
    records = [
        Record(
            each["Arn"],
            each["Name"],
            each,
            columns={"namespace_id": each["Id"], "kind": each.get("Type", ""), "registries": registries[each["Id"]]},
        )
        for each in found
    ]
    store.replace(Namespace, scope, records, "namespaces")


def _registry(service: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of Namespace.registries."""
    records = (service.get("DnsConfig") or {}).get("DnsRecords") or []
    return {
        "arn": service["Arn"],
        "name": service["Name"],
        "records": [{"type": each["Type"], "ttl": each["TTL"]} for each in records],
        "description": service.get("Description", ""),
    }


def _namespace_of(service: dict[str, Any]) -> str:
    """Return the ID of the namespace, which list answers have in one of two places."""
    return str(service.get("NamespaceId") or (service.get("DnsConfig") or {}).get("NamespaceId", ""))
