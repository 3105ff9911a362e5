"""Host names that tasks can resolve: Cloud Map services and Service Connect aliases of running tasks."""

from collections import defaultdict

from moto.servicediscovery.models import Service, ServiceDiscoveryBackend, servicediscovery_backends

from ecsdash.sandbox.scope import Scope


class ServiceDiscoveryAdapter:
    def __init__(self) -> None:
        self.names: dict[tuple[Scope, str], dict[str, str]] = defaultdict(dict)
        """(where, host name) -> task ARN -> address:port. Names of Service Connect end with `@` and their namespace."""

    def add_name(self, scope: Scope, registry: str, name: str, task_arn: str, address: str, port: int) -> None:
        for host in _hosts(scope, registry, name):
            self.names[scope, host][task_arn] = f"{address}:{port}"
        service = _service(scope, registry)
        if service:
            task_id = task_arn.rpartition("/")[2]
            attributes = {"AWS_INSTANCE_IPV4": address, "AWS_INSTANCE_PORT": str(port)}
            _cloud_map(scope).register_instance(service.id, task_id, task_id, attributes)

    def remove_name(self, scope: Scope, registry: str, name: str, task_arn: str) -> None:
        known = [self.names[scope, host].pop(task_arn, "") for host in _hosts(scope, registry, name)]
        service = _service(scope, registry)
        if service and any(known):
            _cloud_map(scope).deregister_instance(service.id, task_arn.rpartition("/")[2])

    def addresses(self, scope: Scope, host: str, port: int, namespace: str = "") -> list[str]:
        """Return the addresses of the running tasks behind a host name; none if it does not resolve.

        `namespace` is that of the client's Service Connect: aliases resolve only in their own namespace, and only their
        own `port` is answered. Names of Cloud Map are those of addresses, whatever the port.
        """
        name = host.lower().rstrip(".")
        plain = self.names.get((scope, name), {}).values()
        connected = self.names.get((scope, f"{name}@{_namespace_name(scope, namespace)}"), {}).values()
        found = [*plain, *(each for each in connected if each.partition(":")[2] == str(port))]
        return [each.partition(":")[0] for each in found]

    def namespace(self, scope: Scope, reference: str) -> str:
        known = _cloud_map(scope).namespaces.values()
        return next((str(each.arn) for each in known if reference in (each.arn, each.name)), "")

    def create_namespace(self, scope: Scope, name: str) -> str:
        tags = [{"Key": "AmazonECSManaged", "Value": "true"}]
        _cloud_map(scope).create_http_namespace(name=name, creator_request_id="", description="", tags=tags)
        return self.namespace(scope, name)


def _cloud_map(scope: Scope) -> ServiceDiscoveryBackend:
    return servicediscovery_backends[scope.account][scope.region]


def _service(scope: Scope, registry: str) -> Service | None:
    return next((service for service in _cloud_map(scope).services.values() if service.arn == registry), None)


def _hosts(scope: Scope, registry: str, name: str) -> list[str]:
    """Return the host names: `service.namespace` of Cloud Map, `alias` and `alias.namespace` of Service Connect."""
    namespaces = _cloud_map(scope).namespaces.values()
    service = _service(scope, registry)
    if service:
        parent = next((n.name for n in namespaces if n.id == service.namespace_id), "")
        return [f"{service.name}.{parent}".lower()]
    namespace = _namespace_name(scope, registry)
    return [f"{host}@{namespace}".lower() for host in (name, f"{name}.{namespace}")]


def _namespace_name(scope: Scope, reference: str) -> str:
    namespaces = _cloud_map(scope).namespaces.values()
    return next((n.name for n in namespaces if reference in (n.arn, n.name)), reference.rpartition("/")[2]).lower()
