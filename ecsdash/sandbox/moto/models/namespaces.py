"""Cloud Map namespaces and services that cannot be deleted while something is in them."""

import json
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.servicediscovery import urls
from moto.servicediscovery.models import ServiceDiscoveryBackend
from moto.servicediscovery.responses import ServiceDiscoveryResponse

from ecsdash.sandbox.moto.models.runtime import runtime
from ecsdash.sandbox.scope import Scope


class ResourceInUseError(JsonRESTError):
    def __init__(self, message: str) -> None:
        super().__init__("ResourceInUse", message)


class SandboxServiceDiscoveryBackend(ServiceDiscoveryBackend):
    @property
    def _url_module(self) -> Any:
        return urls

    def delete_namespace(self, namespace_id: str) -> str:
        """Refuse while the namespace has services, those of Service Connect included."""
        namespace = self.get_namespace(namespace_id)
        scope = Scope(self.account_id, self.region_name)
        services = [service for service in self.services.values() if service.namespace_id == namespace.id]
        if services or runtime.namespace_in_use(scope, str(namespace.arn)):
            raise ResourceInUseError(
                f"Namespace {namespace.id} has associated services; delete the services before deleting the namespace."
            )
        return str(super().delete_namespace(namespace_id))

    def delete_service(self, service_id: str) -> None:
        """Refuse while instances are registered in the service."""
        if self.get_service(service_id).instances:
            raise ResourceInUseError(f"Service {service_id} contains registered instances; deregister them first.")
        super().delete_service(service_id)


def list_services(self: ServiceDiscoveryResponse) -> str:
    """List the services of the namespaces in the filters, as AWS does."""
    filters = json.loads(self.body or "{}").get("Filters", [])
    wanted = [each["Values"] for each in filters if each["Name"] == "NAMESPACE_ID"]
    found = [
        service
        for service in self.servicediscovery_backend.list_services()
        if all(service.namespace_id in values for values in wanted)
    ]
    return json.dumps({"Services": [{**each.to_json(), "InstanceCount": len(each.instances)} for each in found]})
