"""Cloud Map namespaces that cannot be deleted while something is in them."""

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.servicediscovery import urls
from moto.servicediscovery.models import ServiceDiscoveryBackend

from ecsdash.sandbox.moto.models.runtime import runtime
from ecsdash.sandbox.scope import Scope


class ResourceInUseError(JsonRESTError):
    def __init__(self, namespace_id: str) -> None:
        super().__init__(
            "ResourceInUse",
            f"Namespace {namespace_id} has associated services; delete the services before deleting the namespace.",
        )


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
            raise ResourceInUseError(namespace.id)
        return str(super().delete_namespace(namespace_id))
