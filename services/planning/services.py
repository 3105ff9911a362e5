"""Shared parts of the actions on a service: availability, observation and steps."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ecsdash.access.permissions import Permission
from ecsdash.operations.actions import Action
from ecsdash.operations.plan import Continues, Effect, Observation, Repeat, Step, Undo
from ecsdash.operations.refs import ref
from services.documents.deployment.stages import longest_wait
from services.models import Service
from services.runtime.services import state_of

STEADY_SECONDS = 1800
DRAIN_SECONDS = 1800
TOUCHED = ("services", "tasks", "service_deployments", "clusters")


class ServiceAction(Action):
    resource_type = Service
    permission = Permission.DEPLOY
    #: Whether the action starts a deployment, which requires the deployment controller ECS.
    deploys: ClassVar[bool] = False

    def unavailable(self, resource: Any) -> str:
        if resource.gone_at is not None:
            return "The service no longer exists."
        if resource.status != "ACTIVE":
            return f"The service is {resource.status.lower()}."
        controller = resource.description.get("deploymentController", {}).get("type", "ECS")
        if self.deploys and controller != "ECS":
            return f"The deployment controller is {controller}: deploy the service there."
        return ""


def observed(service: Service, *names: str, after: tuple[Effect, ...] = ()) -> Observation:
    """Return the observation of the named values of service_state, from the inventory."""
    state = state_of(service.description)
    identity = {"cluster": service.cluster_name, "service": service.name}
    values = {name: state[name] for name in names}
    return Observation("service_state", identity, values, f"The service {service.name}", after)


def deployment_continues(service: Service) -> Continues:
    """Return the notice that the deployment of a plan continues after a cancellation."""
    stop = Undo("stop_deployment", "Stop the deployment", service.url_kwargs())
    return Continues("The deployment continues in ECS: new tasks replace the old tasks.", stop)


def update_step(title: str, service: Service, params: dict[str, Any], *, forced: bool = False) -> Step:
    """Return the UpdateService step. It is safe to repeat unless it forces a deployment."""
    return Step(
        "update",
        title,
        call="ecs.update_service",
        params={"cluster": service.cluster_name, "service": service.name, **params},
        repeat=Repeat.LOOKUP if forced else Repeat.SAFE,
        lookup="forced_deployment" if forced else "",
    )


def steady_seconds(document: Mapping[str, Any]) -> int:
    """Return how long a deployment of a service may take: its own waits are no reason to give up."""
    return STEADY_SECONDS + longest_wait(document.get("deploymentConfiguration", {}))


def steady_step(service: Service, document: Mapping[str, Any] | None = None, **wanted: Any) -> Step:
    """Return the step that waits for the deployment of the step `update`, of this document of the service, by
    default the present one; {} if nothing is deployed. `wanted` are parameters of service_steady."""
    where = {"cluster": service.cluster_name, "service": service.name}
    return Step(
        "steady",
        "Wait until the service is steady",
        until="service_steady",
        until_params={**where, "deployments": ref("update.service.deployments"), **wanted},
        timeout=steady_seconds(service.description if document is None else document),
    )


def create_step(cluster: str, document: Mapping[str, Any], key: str = "create") -> Step:
    """Return the step that creates the service of a document and waits until it is steady."""
    name = document["serviceName"]
    return Step(
        key,
        f"Create the service {name} and wait until it is steady",
        call="ecs.create_service",
        params={**document, "cluster": cluster},
        repeat=Repeat.TOKEN,
        until="service_steady",
        until_params={"cluster": cluster, "service": name, "deployments": ref(f"{key}.service.deployments")},
        timeout=steady_seconds(document),
    )
