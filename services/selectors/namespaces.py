"""Namespaces, and the services in them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import Http404

from clusters.selectors.clusters import clusters
from ecsdash.inventory.choices import choices
from ecsdash.inventory.scope import Scope
from services.models import Namespace, Service, Task
from services.models.task import LIVING

#: Begins the description of Cloud Map services that are made for one service.
MADE_FOR: Final = "Tasks of the ECS service "
MOST_TASKS: Final = 100  # that are shown of one Cloud Map service


@dataclass(frozen=True)
class Registry:
    """A Cloud Map service. `tasks` are those that are registered in it and that the person may view."""

    arn: str
    name: str
    records: str
    tasks: tuple[Task, ...] = ()

    @property
    def identifier(self) -> str:
        return self.arn.rpartition("/")[2]


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


def namespace_or_404(user: Any, scope: Scope, namespace_id: str) -> Namespace:
    """Return the namespace, also one that was deleted."""
    rows = Namespace.objects.visible_to(user).in_scope(scope.account, scope.region).select_related("account")
    found: Namespace | None = rows.filter(namespace_id=namespace_id).first()
    if found is None:
        raise Http404(f"There is no namespace {namespace_id}")
    return found


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


def description_for(owner: str) -> str:
    """Return the description of a Cloud Map service that is made for a service. `owner` is "cluster/service"."""
    return f"{MADE_FOR}{owner}"


def registries_for(scope: Scope, owner: str) -> list[Registry]:
    """Return the Cloud Map services that were made for a service: lists of AWS have their description, but no tags."""
    rows = Namespace.objects.in_scope(scope.account, scope.region).present()
    wanted = description_for(owner)
    return [_registry(each) for row in rows for each in row.registries if each.get("description") == wanted]


def with_tasks(user: Any, scope: Scope, members: Members) -> list[Registry]:
    """Return the Cloud Map services of a namespace with the tasks of the ECS services that register there."""
    using = defaultdict(list)
    for each in members.services:
        for registry in each.service.description.get("serviceRegistries", []):
            using[registry.get("registryArn")].append(each.service)
    return [_registry(each, tuple(_tasks(user, scope, using[each["arn"]]))) for each in members.namespace.registries]


def _registry(entry: Mapping[str, Any], tasks: tuple[Task, ...] = ()) -> Registry:
    records = ", ".join(f"{each['type']}, TTL {each['ttl']} s" for each in entry.get("records", ()))
    return Registry(entry["arn"], entry["name"], records, tasks)


def _tasks(user: Any, scope: Scope, services: Sequence[Service]) -> QuerySet[Task]:
    places = Q(pk__in=[])
    for each in services:
        places |= Q(cluster_name=each.cluster_name, service_name=each.name)
    rows = Task.objects.visible_to(user).in_scope(scope.account, scope.region).filter(LIVING).filter(places)
    found: QuerySet[Task] = rows.select_related("account").order_by("-created_at")[:MOST_TASKS]
    return found


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
