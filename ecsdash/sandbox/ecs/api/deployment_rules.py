"""Rules about a service's deployment configuration."""

from ecsdash.sandbox.ecs.call import Call
from ecsdash.sandbox.ecs.errors import EcsError, invalid
from ecsdash.sandbox.ecs.models import Json, Revision

_MINUTES = range(1441)
_DEPLOYED_ELSEWHERE = {
    "taskDefinition": "update task definition",
    "networkConfiguration": "update network parameters",
    "platformVersion": "update platform version",
    "loadBalancers": "update load balancers",
    "forceNewDeployment": "force a new deployment",
}


def check_controller(params: Json) -> None:
    """Of a new service. The controller EXTERNAL needs task sets, which are not simulated."""
    controller = params.get("deploymentController", {}).get("type", "ECS")
    if controller == "EXTERNAL":
        raise EcsError("UnsupportedFeatureException", f"The deployment controller {controller} is not supported.")
    if controller == "ECS":
        return
    if not params.get("loadBalancers"):
        raise invalid("A load balancer is required for services with a CODE_DEPLOY deployment controller.")
    if params.get("schedulingStrategy") == "DAEMON":
        raise invalid("The DAEMON scheduling strategy is not supported with the CODE_DEPLOY deployment controller.")
    if params.get("deploymentConfiguration", {}).get("deploymentCircuitBreaker", {}).get("enable"):
        raise invalid("The deployment circuit breaker is only supported with the ECS deployment controller.")


def check_own_deployment(controller: str, params: Json) -> None:
    """Refuse changes of a CodeDeploy service that only CodeDeploy may make."""
    if params.get("deploymentController", {}).get("type", controller) != controller:
        raise invalid("The deployment controller of a service cannot be changed.")
    for member, doing in _DEPLOYED_ELSEWHERE.items():
        if controller == "CODE_DEPLOY" and params.get(member):
            raise invalid(
                f"Unable to {doing} on services with a CODE_DEPLOY deployment controller. "
                "Use AWS CodeDeploy to trigger a new deployment."
            )


def default_configuration(daemon: bool) -> Json:
    return {
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        "maximumPercent": 100 if daemon else 200,
        "minimumHealthyPercent": 0 if daemon else 100,
        "strategy": "ROLLING",
        "bakeTimeInMinutes": 0,
    }


def deployment_configuration(changes: Json, current: Json, daemon: bool) -> Json:
    """Return `current` with the changes; raise EcsError if they contradict each other."""
    merged = current | changes
    strategy = merged["strategy"]
    for member, own in (("linearConfiguration", "LINEAR"), ("canaryConfiguration", "CANARY")):
        if member in changes and strategy != own:
            raise invalid(f"{member} is only valid when the deployment strategy is {own}.")
        if strategy != own:
            merged = {name: value for name, value in merged.items() if name != member}
    _check_bounds(merged, daemon)
    if daemon and strategy != "ROLLING":
        raise invalid(f"The deployment strategy {strategy} is not supported with the DAEMON scheduling strategy.")
    _check_times(merged)
    _check_monitors(merged)
    for hook in merged.get("lifecycleHooks", []):
        _check_hook(hook, strategy)
    return merged


def _check_bounds(configuration: Json, daemon: bool) -> None:
    lower, upper = configuration["minimumHealthyPercent"], configuration["maximumPercent"]
    if not 0 <= lower <= 100:
        raise invalid(f"minimumHealthyPercent must be at {'most 100' if lower > 100 else 'least 0'}.")
    if not 100 <= upper <= 200:
        raise invalid(f"maximumPercent must be at {'most 200' if upper > 200 else 'least 100'}.")
    if daemon and upper > 100:
        raise invalid(
            "The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment "
            "configuration. Change the maximumPercent value to 100, and try again"
        )
    if lower == upper == 100 and configuration["strategy"] == "ROLLING":
        raise invalid("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.")


def check_traffic(call: Call, configuration: Json, revision: Revision) -> None:
    """A strategy that shifts traffic needs a second target group and a listener rule for each load balancer."""
    strategy, balancers = configuration["strategy"], revision.load_balancers
    if strategy in ("LINEAR", "CANARY") and not (balancers or revision.service_connect.get("enabled")):
        raise invalid(f"The deployment strategy {strategy} requires an Application Load Balancer or Service Connect.")
    for balancer in balancers if strategy != "ROLLING" else []:
        advanced = balancer.get("advancedConfiguration", {})
        for member in ("alternateTargetGroupArn", "productionListenerRule", "roleArn"):
            if not advanced.get(member):
                raise invalid(f"{member} in advancedConfiguration is required for the deployment strategy {strategy}.")
        if call.state.aws.target_group(call.scope, advanced["alternateTargetGroupArn"]) is None:
            raise invalid(f"The target group {advanced['alternateTargetGroupArn']} does not exist.")
        for member in ("productionListenerRule", "testListenerRule"):
            if member in advanced and not call.state.aws.listener_exists(call.scope, advanced[member]):
                raise invalid(f"The listener rule {advanced[member]} does not exist.")
        groups = {balancer["targetGroupArn"], advanced["alternateTargetGroupArn"]}
        if not groups & set(call.state.aws.traffic(call.scope, advanced["productionListenerRule"])):
            raise invalid("The production listener rule forwards to neither of the two target groups.")
        if not call.state.aws.role_exists(call.scope, advanced["roleArn"]):
            raise invalid(f"ECS was unable to assume the role {advanced['roleArn']} of the load balancer.")


def _check_times(configuration: Json) -> None:
    linear, canary = configuration.get("linearConfiguration", {}), configuration.get("canaryConfiguration", {})
    if not 3 <= linear.get("stepPercent", 10) <= 100:
        raise invalid("stepPercent must be between 3.0 and 100.0.")
    if not 0.1 <= canary.get("canaryPercent", 5) <= 100:
        raise invalid("canaryPercent must be between 0.1 and 100.0.")
    waits = {
        "stepBakeTimeInMinutes": linear.get("stepBakeTimeInMinutes", 6),
        "canaryBakeTimeInMinutes": canary.get("canaryBakeTimeInMinutes", 10),
        "bakeTimeInMinutes": configuration["bakeTimeInMinutes"],
    }
    for name, minutes in waits.items():
        if minutes not in _MINUTES:
            raise invalid(f"{name} must be between 0 and 1440.")


def _check_monitors(configuration: Json) -> None:
    alarms, criteria = configuration.get("alarms", {}), configuration.get("earlySuccessCriteria", {})
    if alarms.get("enable") and not alarms["alarmNames"]:
        raise invalid("Deployment alarms need at least one alarm name.")
    if not criteria.get("enable"):
        return
    if configuration["strategy"] != "ROLLING":
        raise invalid("Early success criteria are only supported for the deployment strategy ROLLING.")
    if "healthyPercent" not in criteria or "sourceServiceRevisionCleanup" not in criteria:
        raise invalid("healthyPercent and sourceServiceRevisionCleanup are required for early success criteria.")
    if criteria["healthyPercent"] < configuration["minimumHealthyPercent"]:
        raise invalid("healthyPercent must be greater than or equal to minimumHealthyPercent.")


def _check_hook(hook: Json, strategy: str) -> None:
    pause = hook.get("targetType", "AWS_LAMBDA") == "PAUSE"
    if strategy == "ROLLING":
        raise invalid("Lifecycle hooks are not supported for the deployment strategy ROLLING.")
    if pause and "hookTargetArn" in hook:
        raise invalid("hookTargetArn is not applicable for PAUSE lifecycle hooks.")
    if not pause and not (hook.get("hookTargetArn") and hook.get("roleArn")):
        raise invalid("hookTargetArn and roleArn are required for AWS_LAMBDA lifecycle hooks.")
    if not hook.get("lifecycleStages"):
        raise invalid("A lifecycle hook needs at least one lifecycle stage.")
