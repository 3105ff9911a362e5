"""Lifecycle stages of deployments, and the lifecycle hooks at them (API reference, DeploymentLifecycleHook)."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ecsdash.web.formatting import elapsed

#: Stages in the order in which ECS goes through them. Deployments are never at PRE_PRODUCTION_TRAFFIC_SHIFT: hooks are.
STAGES: Final = (
    "RECONCILE_SERVICE", "PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME",
    "CLEAN_UP",
)  # fmt: skip
DEFAULT_TIMEOUT: Final = 1_440


def in_words(stage: str) -> str:
    """Return the stage as pages write it: `Post scale up`."""
    return stage.replace("_", " ").capitalize()


def hooks_at(configuration: Mapping[str, Any], stage: str) -> Sequence[Mapping[str, Any]]:
    """Return the lifecycle hooks of the configuration at a stage."""
    return [each for each in configuration.get("lifecycleHooks", []) if stage in each.get("lifecycleStages", [])]


def hook_in_words(hook: Mapping[str, Any]) -> str:
    """Return what the hook does, in a sentence."""
    timeout = hook.get("timeoutConfiguration", {})
    longest = elapsed(60.0 * timeout.get("timeoutInMinutes", DEFAULT_TIMEOUT))
    then = "continues" if timeout.get("action") == "CONTINUE" else "rolls back"
    if hook.get("targetType") == "PAUSE":
        return f"Pauses until somebody decides. After {longest} without a decision ECS {then}."
    function = str(hook.get("hookTargetArn", "")).rpartition(":function:")[2] or "function"
    return f"Calls the Lambda function {function}. After {longest} without an answer ECS {then}."


def test_listeners(service: Mapping[str, Any]) -> list[str]:
    """Return the ARNs of the listeners, or rules of listeners, for the test traffic of a service."""
    groups = (*service.get("loadBalancers", []), *service.get("vpcLatticeConfigurations", []))
    found = (each.get("advancedConfiguration", {}).get("testListenerRule", "") for each in groups)
    return [arn for arn in found if arn]


def longest_wait(configuration: Mapping[str, Any]) -> int:
    """Return the seconds that a deployment may wait by its own configuration: bake times, steps and hooks."""
    linear, canary = configuration.get("linearConfiguration", {}), configuration.get("canaryConfiguration", {})
    strategy, minutes = configuration.get("strategy"), configuration.get("bakeTimeInMinutes", 0)
    if strategy == "LINEAR":
        minutes += math.ceil(100 / linear.get("stepPercent", 10)) * linear.get("stepBakeTimeInMinutes", 6)
    elif strategy == "CANARY":
        minutes += canary.get("canaryBakeTimeInMinutes", 10)
    for hook in configuration.get("lifecycleHooks", []):
        longest = hook.get("timeoutConfiguration", {}).get("timeoutInMinutes", DEFAULT_TIMEOUT)
        minutes += longest * len(hook.get("lifecycleStages", []))
    return int(60 * minutes)
