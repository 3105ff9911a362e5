"""The task specification of a service's next task, from the revision of its deployment."""

from ecsdash.sandbox.ecs.engine import volumes
from ecsdash.sandbox.ecs.engine.launch import TaskSpec
from ecsdash.sandbox.ecs.models import Cluster, Deployment, Json, Revision, Service, TaskDefinition
from ecsdash.sandbox.ecs.state import EcsState
from ecsdash.sandbox.scope import Scope


def for_service(state: EcsState, scope: Scope, cluster: Cluster, service: Service, deployment: Deployment) -> TaskSpec:
    revision = service.revisions[deployment.revision]
    return TaskSpec(
        definition=state.definition(scope, revision.task_definition),
        group=f"service:{service.name}",
        launch_type=revision.launch_type,
        strategy=revision.capacity_provider_strategy,
        network=revision.network_configuration.get("awsvpcConfiguration", {}),
        tags=_tags(state, scope, cluster, service, revision),
        service=service.name,
        deployment=deployment.id,
        platform_version=revision.platform_version,
        load_balancers=revision.resolved,
        names=_names(cluster, revision),
        placement_constraints=service.placement_constraints,
        placement_strategy=service.placement_strategy,
        started_by=deployment.id,
        enable_execute_command=service.enable_execute_command,
        lattice=_lattice(state.definition(scope, revision.task_definition), revision),
        volumes=volumes.planned(state, revision.volume_configurations, _sources(state, scope, service, revision)),
    )


def _tags(state: EcsState, scope: Scope, cluster: Cluster, service: Service, revision: Revision) -> dict[str, str]:
    sources = _sources(state, scope, service, revision)
    managed = {"aws:ecs:clusterName": cluster.name, "aws:ecs:serviceName": service.name}
    return sources.get(service.propagate_tags, {}) | (managed if service.enable_managed_tags else {})


def _sources(state: EcsState, scope: Scope, service: Service, revision: Revision) -> dict[str, dict[str, str]]:
    """Return the tags that can be propagated, by their source."""
    definition = state.definition(scope, revision.task_definition)
    return {"SERVICE": service.tags, "TASK_DEFINITION": definition.tags}


def _lattice(definition: TaskDefinition, revision: Revision) -> list[list[str]]:
    mappings = [mapping for each in definition.body["containerDefinitions"] for mapping in each["portMappings"]]
    ports = {mapping.get("name"): str(mapping.get("containerPort", 0)) for mapping in mappings}
    return [[each["targetGroupArn"], ports[each["portName"]]] for each in revision.vpc_lattice]


def _names(cluster: Cluster, revision: Revision) -> list[list[str]]:
    names = [
        [registry["registryArn"], "", str(registry.get("containerPort") or registry.get("port") or 0)]
        for registry in revision.service_registries
    ]
    namespace, services = namespace_of(cluster, revision), revision.service_connect.get("services", [])
    return names + [alias for item in services if namespace for alias in _aliases(namespace, item)]


def namespace_of(cluster: Cluster, revision: Revision) -> str:
    """Return the name or ARN of the namespace of Service Connect, empty without Service Connect."""
    connect = revision.service_connect
    default = cluster.service_connect_defaults.get("namespace", "")
    return str(connect.get("namespace") or default) if connect.get("enabled") else ""


def _aliases(namespace: str, item: Json) -> list[list[str]]:
    discovery_name = item.get("discoveryName", item["portName"])
    aliases = item.get("clientAliases", [])
    return [[namespace, alias.get("dnsName", discovery_name), str(alias["port"])] for alias in aliases]
