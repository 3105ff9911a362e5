"""Namespaces, and the services in them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from clusters.selectors.clusters import clusters
from ecsdash.inventory.choices import choices
from ecsdash.inventory.scope import Scope
from services.models import Namespace, Service


@dataclass(frozen=True)
class Membership:
    """A service in a namespace: the names that clients use; none if it is a client only. `by`: what put it there."""

    service: Service
    by: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Members:
    """A namespace, the services in it that the person may view, and the clusters of which it is the default."""

    namespace: Namespace
    services: tuple[Membership, ...]
    default_of: tuple[str, ...]


def known_namespaces(user: Any, scope: Scope) -> QuerySet[Namespace]:
    return choices(Namespace, user, scope)


def with_members(user: Any, scope: Scope) -> list[Members]:
    """Return the namespaces of the scope with who is in them."""
    rows = list(known_namespaces(user, scope))
    by_key = {key: row.pk for row in rows for key in (row.arn, row.namespace_id, row.name)}
    registries = {each["arn"]: (row.pk, each["name"]) for row in rows for each in row.registries}
    found: dict[int, list[Membership]] = defaultdict(list)
    defaults = _defaults(user, scope)
    services = Service.objects.visible_to(user).in_scope(scope.account, scope.region).present()
    for service in services.exclude(status="INACTIVE").select_related("account").order_by("cluster_name", "name"):
        connect = service.new_deployment.get("serviceConnectConfiguration") or {}
        if connect.get("enabled"):
            named = connect.get("namespace") or defaults.get(service.cluster_name, "")
            if (pk := by_key.get(named)) is not None:
                found[pk].append(Membership(service, "Service Connect", tuple(_names(connect))))
        for each in service.description.get("serviceRegistries", []):
            if each.get("registryArn") in registries:
                pk, name = registries[each["registryArn"]]
                found[pk].append(Membership(service, "Service discovery", (name,)))
    return [
        Members(row, tuple(found[row.pk]), tuple(name for name, key in defaults.items() if by_key.get(key) == row.pk))
        for row in rows
    ]


def members_of(user: Any, scope: Scope, namespace: Namespace) -> Members:
    found = {each.namespace.pk: each for each in with_members(user, scope)}
    return found.get(namespace.pk, Members(namespace, (), ()))


def _defaults(user: Any, scope: Scope) -> dict[str, str]:
    """Return the default namespace of each cluster that has one."""
    return {
        row.name: namespace
        for row in clusters(user, scope)
        if (namespace := row.description.get("serviceConnectDefaults", {}).get("namespace"))
    }


def _names(connect: Mapping[str, Any]) -> list[str]:
    """Return `name:port` of each alias that clients use."""
    return [
        f"{alias.get('dnsName') or service.get('discoveryName') or service['portName']}:{alias.get('port', '')}"
        for service in connect.get("services", [])
        for alias in service.get("clientAliases") or [{}]
    ]
