"""Rules about the deployments of a service (API reference, DeploymentConfiguration)."""

from collections.abc import Iterator
from typing import Final

from services.documents.findings.parts import Launch, Part, Violation, outside
from services.documents.findings.references import is_arn, is_role

LONGEST_BAKE: Final = 1_440
#: Strategies that shift traffic between two revisions.
SHIFTING: Final = ("BLUE_GREEN", "LINEAR", "CANARY")
#: Members of one strategy: the member, its strategy, its percentage with the least value, its bake time.
STEPS: Final = (
    ("linearConfiguration", "LINEAR", "stepPercent", 3.0, "stepBakeTimeInMinutes"),
    ("canaryConfiguration", "CANARY", "canaryPercent", 0.1, "canaryBakeTimeInMinutes"),
)
#: What only the deployment controller ECS does.
OF_ECS: Final = {
    "alarms": "deployment alarms", "lifecycleHooks": "lifecycle hooks", "linearConfiguration": "linear deployments",
    "canaryConfiguration": "canary deployments", "earlySuccessCriteria": "early success criteria",
}  # fmt: skip


def configuration(service: Part) -> Part:
    return service.part("deploymentConfiguration")


def strategy(service: Part) -> str:
    return str(configuration(service).get("strategy") or "ROLLING")


def is_daemon(service: Part) -> bool:
    return bool(service.get("schedulingStrategy") == "DAEMON")


def percents(service: Launch) -> Iterator[Violation]:
    part = configuration(service)
    yield from outside(part, "minimumHealthyPercent", 0, 100, "%")
    yield from outside(part, "maximumPercent", 100, 200, "%")
    defaults = ((0, 100) if is_daemon(service) else (100, 200)) if service.creates else (None, None)
    least, most = part.get("minimumHealthyPercent", defaults[0]), part.get("maximumPercent", defaults[1])
    if is_daemon(service) and most is not None and most > 100:
        what = "A daemon cannot run more than 100 % of its tasks"
        yield Violation(part.at("maximumPercent"), what, "Each instance has one task.", "Enter 100, or remove it.")
    if least == 100 and most == 100 and strategy(service) == "ROLLING":
        yield Violation(
            part.at("minimumHealthyPercent" if part.has("minimumHealthyPercent") else "maximumPercent"),
            "A deployment can neither stop nor start a task",
            "At least and at most 100 % of the tasks must run.",
            "Lower the minimum or raise the maximum running tasks %.",
        )


def bake_times(service: Launch) -> Iterator[Violation]:
    yield from outside(configuration(service), "bakeTimeInMinutes", 0, LONGEST_BAKE, "minutes")
    for member, _, percent, least, bake in STEPS:
        part = configuration(service).part(member)
        value = part.get(percent)
        if value is not None and not (least <= value <= 100 and abs(value * 10 - round(value * 10)) < 1e-6):
            how = f"Enter {least} to 100.0 in steps of 0.1."
            yield Violation(part.at(percent), f"{value:.6g} % is not a step that ECS takes", "", how)
        yield from outside(part, bake, 0, LONGEST_BAKE, "minutes")


def steps_of_other_strategies(service: Launch) -> Iterator[Violation]:
    part = configuration(service)
    if not part.has("strategy") and not service.creates:
        return
    for member, own, *_ in STEPS:
        if part.has(member) and strategy(service) != own:
            yield Violation(part.at(member), f"It belongs to the deployment strategy {own}", "", "Remove it.")
    criteria = part.part("earlySuccessCriteria")
    if criteria.get("enable") and strategy(service) != "ROLLING":
        what = "Early success criteria belong to rolling updates"
        yield Violation(part.at("earlySuccessCriteria"), what, "", "Turn them off.")
    if part.get("lifecycleHooks") and strategy(service) == "ROLLING":
        what = "Rolling updates have no lifecycle hooks"
        yield Violation(part.at("lifecycleHooks"), what, "", "Remove them, or choose another deployment strategy.")


def early_success(service: Launch) -> Iterator[Violation]:
    criteria = configuration(service).part("earlySuccessCriteria")
    if not criteria.get("enable"):
        return
    for member in ("healthyPercent", "sourceServiceRevisionCleanup"):
        if not criteria.has(member):
            yield Violation(criteria.at(member), f"Early success criteria need {member}", "", "Enter it.")
    least = configuration(service).get("minimumHealthyPercent")
    if least is not None and criteria.get("healthyPercent", 100) < least:
        how = f"Enter {least} or more."
        what = "The healthy percentage is less than the minimum running tasks %"
        yield Violation(criteria.at("healthyPercent"), what, "", how)


def hooks(service: Launch) -> Iterator[Violation]:
    for hook in configuration(service).parts("lifecycleHooks"):
        if not hook.get("lifecycleStages"):
            yield Violation(hook.at("lifecycleStages"), "The hook has no lifecycle stage", "", "Choose one.")
        if hook.get("targetType", "AWS_LAMBDA") == "PAUSE":
            for member in ("hookTargetArn", "hookDetails"):
                if hook.get(member):
                    yield Violation(hook.at(member), f"A PAUSE hook has no {member}", "", "Remove it.")
        else:
            yield from _lambda_hook(hook)


def _lambda_hook(hook: Part) -> Iterator[Violation]:
    if not is_arn(hook.get("hookTargetArn", ""), "lambda"):
        what = "The hook does not name a Lambda function"
        yield Violation(hook.at("hookTargetArn"), what, "", "Enter the ARN of a function.")
    if not is_role(hook.get("roleArn", "")):
        what = "The hook has no role"
        yield Violation(hook.at("roleArn"), what, "ECS calls the function with it.", "Enter the ARN of a role.")


def alarms(service: Launch) -> Iterator[Violation]:
    part = configuration(service).part("alarms")
    if part.get("enable") and not part.get("alarmNames"):
        yield Violation(part.at("alarmNames"), "Deployment alarms are on, and there is none", "", "Choose an alarm.")


def breaker(service: Launch) -> Iterator[Violation]:
    threshold = configuration(service).part("deploymentCircuitBreaker").part("thresholdConfiguration")
    most = 100 if threshold.get("type") == "BOUNDED_PERCENT" else None
    yield from outside(threshold, "value", 1, most)


def breaker_off(service: Launch) -> Iterator[Violation]:
    part = configuration(service).part("deploymentCircuitBreaker")
    other = service.part("deploymentController").get("type", "ECS") != "ECS"
    if not (part.get("enable") or other) and (service.creates or part.has("enable")):
        yield Violation(
            part.at("enable"),
            "The deployment circuit breaker is off",
            "If the tasks do not start, ECS keeps retrying.",
            "Turn it on, with a rollback.",
        )


def bake_time_missing(service: Launch) -> Iterator[Violation]:
    part = configuration(service)
    if strategy(service) == "BLUE_GREEN" and service.creates and not part.has("bakeTimeInMinutes"):
        what, why = "The blue/green deployment has no bake time", "ECS documents it as required."
        yield Violation(part.at("bakeTimeInMinutes"), what, why, "Enter minutes.")


def controller(service: Launch) -> Iterator[Violation]:
    kind = service.part("deploymentController").get("type", "ECS")
    part = configuration(service)
    if kind == "ECS":
        return
    if kind == "CODE_DEPLOY" and service.creates and not service.get("loadBalancers"):
        what = "The deployment controller CODE_DEPLOY requires a load balancer"
        yield Violation(service.at("loadBalancers"), what, "", "Add a target group.")
    if is_daemon(service):
        what = f"The deployment controller {kind} does not support daemons"
        yield Violation(service.at("schedulingStrategy"), what, "", "Choose REPLICA, or the controller ECS.")
    if part.part("deploymentCircuitBreaker").get("enable"):
        place = part.at("deploymentCircuitBreaker", "enable")
        yield Violation(place, f"The deployment controller {kind} has no circuit breaker", "", "Turn it off.")
    if strategy(service) in SHIFTING:
        what = f"The deployment controller {kind} has no deployment strategy {strategy(service)}"
        yield Violation(part.at("strategy"), what, "", "Choose the controller ECS.")
    for member, words in OF_ECS.items():
        if part.get(member):
            what = f"The deployment controller {kind} has no {words}"
            yield Violation(part.at(member), what, "", "Remove it, or choose the controller ECS.")


def daemon(service: Launch) -> Iterator[Violation]:
    if not is_daemon(service):
        return
    if service.starts_fargate():
        place = service.at("launchType" if service.get("launchType") else "capacityProviderStrategy")
        what, why = "Daemons require container instances", "A daemon runs one task on each instance."
        yield Violation(place, what, why, "Choose REPLICA, or instances.")
    if service.get("desiredCount") is not None:
        what = "A daemon has no number of desired tasks"
        yield Violation(service.at("desiredCount"), what, "It runs one task on each instance.", "Remove it.")
    if service.get("placementStrategy"):
        yield Violation(service.at("placementStrategy"), "A daemon has no placement strategy", "", "Remove it.")
    if strategy(service) != "ROLLING":
        place = configuration(service).at("strategy")
        yield Violation(place, f"Daemons are not deployed by {strategy(service)}", "", "Choose ROLLING.")


def rebalancing(service: Launch) -> Iterator[Violation]:
    if service.get("availabilityZoneRebalancing") != "ENABLED":
        return
    reasons = {
        "daemons": is_daemon(service),
        "external instances": service.get("launchType") == "EXTERNAL",
        "a maximum of 100 % running tasks": configuration(service).get("maximumPercent") == 100,
        "Classic Load Balancers": any(each.get("loadBalancerName") for each in service.parts("loadBalancers")),
    }
    for words, present in reasons.items():
        if present:
            what = f"Zone rebalancing does not support {words}"
            yield Violation(service.at("availabilityZoneRebalancing"), what, "", "Choose DISABLED.")
