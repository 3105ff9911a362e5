"""Rules about task definitions, each with its level and its source.

A rule blocks where AWS documents that ECS refuses the document, or where no task of it can start; else it warns.
"""

from typing import Final

from ecsdash.web.forms.document.findings import FindingLevel
from services.documents.findings import tags
from services.documents.findings.parts import Check, Part, Rule, of_containers, of_each
from services.documents.findings.task_definition import (
    containers,
    dependencies,
    fargate,
    lint,
    logs,
    ports,
    task,
    volumes,
)
from services.documents.findings.task_definition.fargate import only_on_fargate

TAGS_OF_USERS: Final = tags.MOST - 1
PARAMETERS: Final = "Task definition parameters for Amazon EC2"
API: Final = "API reference: RegisterTaskDefinition"
CONTAINER: Final = "API reference: ContainerDefinition"
FARGATE: Final = "Task definition differences for Fargate"
SECRETS: Final = "Pass sensitive data to a container"


def _block(name: str, source: str, check: Check) -> Rule[Part]:
    return Rule(name, FindingLevel.BLOCK, source, check)


def _warn(name: str, source: str, check: Check) -> Rule[Part]:
    return Rule(name, FindingLevel.WARN, source, check)


def _on_fargate(name: str, check: Check) -> Rule[Part]:
    return _block(f"fargate_{name}", FARGATE, only_on_fargate(check))


RULES: Final[tuple[Rule[Part], ...]] = (
    _block("family", API, task.family),
    _block("containers", API, task.containers_present),
    _block("container_names", CONTAINER, containers.names),
    _block("image", CONTAINER, of_containers(containers.image)),
    _block("task_sizes", API, task.sizes_readable),
    _block("task_cpu_range", API, task.cpu_in_range),
    _block("container_memory", CONTAINER, of_containers(containers.memory)),
    _block("containers_fit", CONTAINER, task.containers_fit),
    _block("limits_fit", CONTAINER, task.limits_fit),
    _block("numbers", CONTAINER, of_containers(containers.numbers)),
    _block("roles", API, task.roles),
    _block("secrets", "API reference: Secret", of_containers(containers.secrets)),
    _block("secrets_role", SECRETS, of_containers(containers.secrets_role)),
    _block("variables", CONTAINER, of_containers(containers.variables)),
    _block("environment_files", "API reference: EnvironmentFile", of_containers(containers.environment_files)),
    _block("credential_specs", CONTAINER, of_containers(containers.credential_specs)),
    _block("ports", "API reference: PortMapping", of_containers(ports.ports)),
    _block("port_ranges", "API reference: PortMapping", of_containers(ports.port_ranges)),
    _block("port_overlaps", "API reference: PortMapping", of_containers(ports.overlapping_ports)),
    _block("ports_twice", "API reference: PortMapping", of_containers(ports.ports_mapped_twice)),
    _block("port_names", "API reference: PortMapping", ports.port_names),
    _block("awsvpc", CONTAINER, of_containers(ports.awsvpc)),
    _block("links", CONTAINER, of_containers(ports.links)),
    _block("dependencies", "API reference: ContainerDependency", dependencies.dependencies),
    _block("dependency_cycles", "API reference: ContainerDependency", dependencies.cycles),
    _block("health_check", "API reference: HealthCheck", of_containers(containers.health_check)),
    _block("restart_policy", "API reference: ContainerRestartPolicy", of_containers(containers.restart_policy)),
    _block("resources", "API reference: ResourceRequirement", of_containers(containers.resources)),
    _block("volumes", "API reference: Volume", volumes.volumes),
    _block("configured_at_launch", "API reference: Volume", volumes.configured_at_launch),
    _block("mounts", PARAMETERS, of_containers(volumes.mounts)),
    _block("volumes_from", PARAMETERS, of_containers(containers.volumes_from)),
    _block("efs", "API reference: EFSVolumeConfiguration", of_each("volumes", volumes.efs)),
    _block("file_systems", "API reference: Volume", of_each("volumes", volumes.other_file_systems)),
    _block("firelens", "Send Amazon ECS logs with FireLens", of_containers(logs.firelens)),
    _block("awslogs_options", "Send Amazon ECS logs to CloudWatch", of_containers(logs.awslogs_options)),
    _block("placement_constraints", API, task.placement_constraints),
    _block("ephemeral_storage", "API reference: EphemeralStorage", task.ephemeral_storage),
    _block("ephemeral_storage_unused", "API reference: EphemeralStorage", task.ephemeral_storage_unused),
    _block("trusted_execution", API, task.trusted_execution),
    _block("external", "Amazon ECS clusters for external instances", task.external),
    _block("managed_instances", "Task definition differences for Managed Instances", task.managed_instances),
    _block("fault_injection", API, task.fault_injection),
    _block("proxy", "API reference: ProxyConfiguration", task.proxy),
    _block("one_router", "Send Amazon ECS logs with FireLens", logs.one_router),
    _block("log_options", "Send Amazon ECS logs to CloudWatch", of_containers(logs.other_options)),
    _block("shared_ports", "API reference: PortMapping", ports.ports_of_other_containers),
    _block("tags", "API reference: Tag", tags.tags),
    _block(
        "tags_number",
        "API reference: Tag",
        tags.at_most(TAGS_OF_USERS, f"ECS takes {tags.MOST}, and the operation adds one of its own."),
    ),
    _on_fargate("network", fargate.network),
    _on_fargate("sizes", fargate.sizes),
    _on_fargate("namespaces", fargate.namespaces),
    _on_fargate("placement", fargate.placement),
    _on_fargate("platform", fargate.platform),
    _on_fargate("accelerators", fargate.accelerators),
    _on_fargate("volumes", fargate.volumes),
    _on_fargate("containers", of_containers(fargate.containers)),
    _on_fargate("linux_parameters", of_containers(fargate.linux_parameters)),
    _on_fargate("timeouts", of_containers(fargate.timeouts)),
    _on_fargate("resources", of_containers(fargate.resources)),
    _on_fargate("log_drivers", of_containers(fargate.logs)),
    _on_fargate("execution_role", fargate.execution_role),
    _warn("fargate_ulimits", FARGATE, only_on_fargate(of_containers(fargate.ulimits))),
    _warn("windows", PARAMETERS, task.unsupported_on_windows),
    _warn("router_log", "Send Amazon ECS logs with FireLens", logs.router_log),
    _warn("docker_volumes", "API reference: DockerVolumeConfiguration", of_each("volumes", volumes.docker_volumes)),
    _warn("efs_task_role", "API reference: EFSAuthorizationConfig", of_each("volumes", volumes.efs_without_task_role)),
    _warn("unpinned_image", "Container image resolution", of_containers(lint.unpinned_image)),
    _warn("plain_secrets", SECRETS, of_containers(lint.plain_secrets)),
    _warn("repeated_variables", CONTAINER, of_containers(lint.repeated_variables)),
    _warn("environment_files_role", "API reference: EnvironmentFile", lint.environment_files_role),
    _warn("no_health_check", "API reference: HealthCheck", of_containers(lint.no_health_check)),
    _warn("no_log_configuration", "Send Amazon ECS logs to CloudWatch", of_containers(lint.no_log_configuration)),
    _warn("app_protocol", "API reference: PortMapping", of_containers(lint.protocols)),
    _warn("capabilities", "API reference: KernelCapabilities", of_containers(lint.capabilities)),
    _warn("inference", "API reference: ResourceRequirement", lint.inference_accelerators),
    _warn("placeholders", "", lint.placeholders),
)
