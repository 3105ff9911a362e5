"""From one document of a service to another: the parameters of UpdateService, and what it cannot change."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ecsdash.aws import shapes
from services.documents.service.document import member_names

ECS, CODE_DEPLOY, EXTERNAL = "ECS", "CODE_DEPLOY", "EXTERNAL"
#: Members that UpdateService takes of a service whose deployments ECS does not make.
_COMMON: Final = frozenset({
    "desiredCount", "healthCheckGracePeriodSeconds", "placementConstraints", "placementStrategy",
    "enableECSManagedTags", "propagateTags", "tags",
})  # fmt: skip
_TAKEN: Final[Mapping[str, frozenset[str]]] = {
    CODE_DEPLOY: _COMMON | {"deploymentConfiguration"},
    EXTERNAL: _COMMON,
}
_ELSEWHERE: Final[Mapping[str, str]] = {
    CODE_DEPLOY: "The deployment controller is CODE_DEPLOY: create a deployment in AWS CodeDeploy.",
    EXTERNAL: "The deployment controller is EXTERNAL: create a task set with your deployment tool.",
}
#: Why members that UpdateService does not have need a new service.
_REASONS: Final[Mapping[str, str]] = {
    "serviceName": "The name of a service cannot be changed.",
    "schedulingStrategy": "ECS does not change the scheduling strategy of a service.",
    "role": "ECS does not change the role of a service.",
    "launchType": "UpdateService has no launch type, but it can change to capacity providers.",
}
#: What UpdateService must be given so that a member is as if it had never been set.
_EMPTIED: Final[Mapping[str, Any]] = {
    "healthCheckGracePeriodSeconds": 0,
    "enableExecuteCommand": False,
    "enableECSManagedTags": False,
    "propagateTags": "NONE",
    "availabilityZoneRebalancing": "DISABLED",
    "platformVersion": "LATEST",
    "networkConfiguration": {},
    "serviceConnectConfiguration": {"enabled": False},
    "monitoring": {"metricConfigurations": []},
}
#: The same for the members of deploymentConfiguration.
_EMPTIED_CONFIGURATION: Final[Mapping[str, Any]] = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "alarms": {"alarmNames": [], "enable": False, "rollback": False},
    "lifecycleHooks": [],
    "bakeTimeInMinutes": 0,
    "strategy": "ROLLING",
    "earlySuccessCriteria": {"enable": False},
}
#: Members whose change starts a deployment.
DEPLOYING: Final = frozenset({
    "taskDefinition", "capacityProviderStrategy", "platformVersion", "networkConfiguration", "loadBalancers",
    "serviceRegistries", "serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations",
    "gatewayConnectors",
})  # fmt: skip


@dataclass(frozen=True)
class Unchangeable:
    """A changed member that UpdateService cannot change. `replaceable`: a new service can have the new value."""

    member: str
    reason: str
    replaceable: bool = True


@dataclass(frozen=True)
class Update:
    """What makes a service as another document says. `params` are those of UpdateService, without its place."""

    params: dict[str, Any] = field(default_factory=dict)
    tagged: dict[str, str] = field(default_factory=dict)
    untagged: tuple[str, ...] = ()
    unchangeable: tuple[Unchangeable, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.params or self.tagged or self.untagged or self.unchangeable)

    @property
    def replaces(self) -> bool:
        """Whether a new service must take the place of the present one, and can."""
        return bool(self.unchangeable) and all(each.replaceable for each in self.unchangeable)

    @property
    def deploys(self) -> bool:
        return bool(DEPLOYING & self.params.keys())


def update_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> Update:
    """Return the update between two documents. A member that `after` does not have is set to what it is without."""
    changed = [name for name in member_names() if before.get(name) != after.get(name)]
    refused = tuple(_refused(changed, before, after))
    barred = {each.member for each in refused}
    params: dict[str, Any] = {}
    for name in changed:
        if name not in barred and name != "tags":
            params |= _param(name, before, after)
    tags, known = _tags(after), _tags(before)
    return Update(
        params,
        {key: value for key, value in tags.items() if known.get(key) != value},
        tuple(sorted(known.keys() - tags.keys())),
        refused,
    )


def _refused(changed: list[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Unchangeable]:
    controller, daemon = _controller(before), before.get("schedulingStrategy") == "DAEMON"
    updatable = {*shapes.members("ecs.update_service"), "tags"}
    if controller in _TAKEN and _controller(after) == controller:
        updatable &= _TAKEN[controller]
    for name in changed:
        if name in _SPECIAL:
            yield from _SPECIAL[name](before, after)
        elif name in _REASONS:
            yield Unchangeable(name, _REASONS[name])
        elif name not in updatable:
            reason = _ELSEWHERE.get(controller, f"The installed version of the AWS SDK cannot change {name}.")
            yield Unchangeable(name, reason, replaceable=controller not in _ELSEWHERE)
        elif name == "desiredCount" and daemon and after.get("schedulingStrategy") == "DAEMON":
            yield Unchangeable(name, "A daemon service runs one task on each container instance.", replaceable=False)


def _capacity(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Unchangeable]:
    """ECS changes between capacity providers, from a launch type to them, and back to the launch type of before."""
    if after.get("capacityProviderStrategy"):
        if EXTERNAL in (before.get("launchType"), after.get("launchType")):
            yield Unchangeable("launchType", "ECS does not move a service between EXTERNAL and capacity providers.")
        return
    wanted = after.get("launchType")
    if not wanted:
        text = "UpdateService cannot return to the cluster's default. Name its capacity providers instead."
        yield Unchangeable("capacityProviderStrategy", text)
    elif before.get("launchType") or wanted != _kind(before.get("capacityProviderStrategy", [])):
        yield Unchangeable("launchType", _REASONS["launchType"])


def _deployment_controller(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Unchangeable]:
    if _controller(after) != ECS and _controller(before) != _controller(after):
        text = f"ECS does not change the deployment controller of a service to {_controller(after)}."
        yield Unchangeable("deploymentController", text)


def _balancers(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Unchangeable]:
    controller = _controller(before)
    if controller in _ELSEWHERE and _controller(after) == controller:
        yield Unchangeable("loadBalancers", _ELSEWHERE[controller], replaceable=False)
    elif _classic(before) != _classic(after):
        yield Unchangeable("loadBalancers", "ECS does not attach or detach Classic Load Balancers later.")


Special = Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[Unchangeable]]
_SPECIAL: Final[Mapping[str, Special]] = {
    "capacityProviderStrategy": _capacity,
    "launchType": lambda before, after: (
        iter(()) if _strategies_differ(before, after) else _capacity(before, after)
    ),
    "deploymentController": _deployment_controller,
    "loadBalancers": _balancers,
}  # fmt: skip


def _strategies_differ(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether the strategy is judged by itself, and with it the launch type."""
    return before.get("capacityProviderStrategy") != after.get("capacityProviderStrategy")


def _classic(document: Mapping[str, Any]) -> list[str]:
    return sorted(
        str(each["loadBalancerName"]) for each in document.get("loadBalancers", ()) if "loadBalancerName" in each
    )


def _kind(strategy: list[Mapping[str, Any]]) -> str:
    """Return the launch type whose tasks a strategy starts: of Fargate, or of container instances."""
    return "FARGATE" if all(each["capacityProvider"].startswith("FARGATE") for each in strategy) else "EC2"


def _controller(document: Mapping[str, Any]) -> str:
    return str(document.get("deploymentController", {}).get("type", ECS))


def _param(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameter that changes a member; empty where nothing is to be sent."""
    if name == "launchType":
        return {}
    if name == "deploymentConfiguration":
        return {name: _configuration(before.get(name, {}), after.get(name, {}))}
    if name in after:
        return {name: after[name]}
    if name == "desiredCount" or (name == "platformVersion" and _strategies_differ(before, after)):
        return {}
    if name == "deploymentController":
        return {name: {"type": ECS}}
    return {name: _EMPTIED.get(name, [])}


def _configuration(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole configuration: what UpdateService is not given there may stay as it was, or be lost."""
    gone = before.keys() - after.keys()
    return {**{name: value for name, value in _EMPTIED_CONFIGURATION.items() if name in gone}, **after}


def _tags(document: Mapping[str, Any]) -> dict[str, str]:
    return {each["key"]: each.get("value", "") for each in document.get("tags", ())}
