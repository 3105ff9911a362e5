"""Names of the entries of lists, by which two documents are compared."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

#: Lists with named entries, and the keys that form the name.
NAMED_BY: Final[dict[str, tuple[str, ...]]] = {
    "containerDefinitions": ("name",),
    "environment": ("name",),
    "secrets": ("name",),
    "volumes": ("name",),
    "ulimits": ("name",),
    "systemControls": ("namespace",),
    "portMappings": ("containerPort", "containerPortRange", "protocol"),
    "mountPoints": ("containerPath",),
    "dependsOn": ("containerName",),
    "environmentFiles": ("value",),
    "extraHosts": ("hostname",),
    "tags": ("key",),
    "volumesFrom": ("sourceContainer",),
    "resourceRequirements": ("type",),
    "devices": ("hostPath",),
    "tmpfs": ("containerPath",),
    "secretOptions": ("name",),
    "properties": ("name",),
    "inferenceAccelerators": ("deviceName",),
    "loadBalancers": ("targetGroupArn", "loadBalancerName", "containerName", "containerPort"),
    "serviceRegistries": ("registryArn",),
    "capacityProviderStrategy": ("capacityProvider",),
    "lifecycleHooks": ("hookTargetArn",),
    "services": ("portName",),
    "clientAliases": ("dnsName", "port"),
    "volumeConfigurations": ("name",),
    "tagSpecifications": ("resourceType",),
    "vpcLatticeConfigurations": ("targetGroupArn", "portName"),
}
#: Lists whose order says nothing.
UNORDERED: Final = frozenset({"requiresCompatibilities", "subnets", "securityGroups", "alarmNames", "add", "drop"})
#: What ECS takes where an entry lacks a part of its name.
ASSUMED: Final[dict[str, dict[str, Any]]] = {"portMappings": {"protocol": "tcp"}}


def entry_names(entries: list[Mapping[str, Any]], key: str) -> Iterator[str]:
    """Yield a name for each entry; the second entry with the same name is "name (2)"."""
    seen: Counter[str] = Counter()
    for entry in entries:
        known = {**ASSUMED.get(key, {}), **entry}
        name = "/".join(str(known[member]) for member in NAMED_BY[key] if known.get(member) not in (None, ""))
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"
