"""Rules about services and about tasks that are run once, each with its level and its source."""

from collections.abc import Callable, Iterable
from typing import Final

from ecsdash.web.forms.document.findings import FindingLevel
from services.documents.findings import tags
from services.documents.findings.launch import compute, deployment, service, task, traffic, volumes
from services.documents.findings.parts import Launch, Rule, Violation
from services.documents.findings.task_definition.lint import placeholders

LaunchCheck = Callable[[Launch], Iterable[Violation]]
CREATE_SERVICE: Final = "API reference: CreateService"
DEPLOYMENT: Final = "API reference: DeploymentConfiguration"
CONNECT: Final = "API reference: ServiceConnectService"
RUN_TASK: Final = "API reference: RunTask"


def _block(name: str, source: str, check: LaunchCheck) -> Rule[Launch]:
    return Rule(name, FindingLevel.BLOCK, source, check)


def _warn(name: str, source: str, check: LaunchCheck) -> Rule[Launch]:
    return Rule(name, FindingLevel.WARN, source, check)


BOTH: Final[tuple[Rule[Launch], ...]] = (
    _block("task_definition", CREATE_SERVICE, service.task_definition),
    _block("launch_type", CREATE_SERVICE, compute.launch_type),
    _block("compatibility", "Amazon ECS launch types", compute.compatibility),
    _block("strategy", "API reference: CapacityProviderStrategyItem", compute.strategy),
    _block("platform_version", CREATE_SERVICE, compute.platform_version),
    _block("placement", "API reference: PlacementStrategy", compute.placement),
    _block("network", "API reference: NetworkConfiguration", compute.network),
    _block("public_address", "API reference: AwsVpcConfiguration", compute.public_address),
    _block("volumes", "API reference: ServiceVolumeConfiguration", volumes.configured),
    _block("ebs", "API reference: ServiceManagedEBSVolumeConfiguration", volumes.ebs),
    _block("tags", "API reference: Tag", tags.tags),
    _block("tags_number", "API reference: Tag", tags.at_most(tags.MOST, f"ECS takes {tags.MOST}.")),
    _warn("exec_task_role", "Monitor containers with ECS Exec", compute.exec_without_task_role),
    _warn("placeholders", "", placeholders),
)
SERVICE: Final[tuple[Rule[Launch], ...]] = (
    _block("name", CREATE_SERVICE, service.name),
    _block("desired_count", CREATE_SERVICE, service.desired_count),
    _block("daemon", CREATE_SERVICE, deployment.daemon),
    _block("controller", "API reference: DeploymentController", deployment.controller),
    _block("percents", DEPLOYMENT, deployment.percents),
    _block("bake_times", DEPLOYMENT, deployment.bake_times),
    _block("strategy_members", DEPLOYMENT, deployment.steps_of_other_strategies),
    _block("early_success", "API reference: DeploymentEarlySuccessCriteria", deployment.early_success),
    _block("hooks", "API reference: DeploymentLifecycleHook", deployment.hooks),
    _block("alarms", "API reference: DeploymentAlarms", deployment.alarms),
    _block("breaker", "API reference: ThresholdConfiguration", deployment.breaker),
    _block("rebalancing", "Balancing a service across Availability Zones", deployment.rebalancing),
    _block("load_balancers", "API reference: LoadBalancer", traffic.load_balancers),
    _block("advanced", "API reference: AdvancedConfiguration", traffic.advanced_references),
    _block("shifting", "API reference: AdvancedConfiguration", traffic.shifting),
    _block("role", CREATE_SERVICE, traffic.role),
    _block("registries", "API reference: ServiceRegistry", traffic.registries),
    _block("grace_period", CREATE_SERVICE, traffic.grace_period),
    _block("port_names", CONNECT, traffic.port_names),
    _block("connect", CONNECT, traffic.connect),
    _block("lattice", "API reference: VpcLatticeConfiguration", traffic.lattice),
    *BOTH,
    _warn("breaker_off", "API reference: DeploymentCircuitBreaker", deployment.breaker_off),
    _warn("bake_time_missing", DEPLOYMENT, deployment.bake_time_missing),
    _warn("grace_period_unused", CREATE_SERVICE, traffic.grace_period_unused),
    _warn("connect_off", "API reference: ServiceConnectConfiguration", traffic.connect_off),
)
TASK: Final[tuple[Rule[Launch], ...]] = (
    _block("count", RUN_TASK, task.count),
    _block("started_by", RUN_TASK, task.started_by),
    _block("group", RUN_TASK, task.group),
    _block("propagation", RUN_TASK, task.propagation),
    _block("overrides", "API reference: TaskOverride", task.overrides),
    _block("overridden_containers", "API reference: ContainerOverride", task.overridden_containers),
    *BOTH,
)
