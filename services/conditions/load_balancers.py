"""Load balancers while they are made: whether they are ready, and which of them a step has made already."""

from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.registry import Progress, condition, lookup, reader
from services.conditions.task_definitions import STEP_TAG


@condition
def load_balancer_active(aws: Aws, load_balancer: str) -> Progress:
    found = aws.call("elbv2.describe_load_balancers", LoadBalancerArns=[load_balancer]).data["LoadBalancers"][0]
    state = found["State"]["Code"]
    if state == "failed":
        return Progress(failed=f"The load balancer could not be created: {found['State'].get('Reason', state)}")
    return Progress(int(state == "active"), 1, f"The load balancer is {state}", finished=state == "active")


@lookup
def load_balancer_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    return _named(aws, "load_balancers", "LoadBalancer", params["Name"], step_id)


@lookup
def target_group_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    return _named(aws, "target_groups", "TargetGroup", params["Name"], step_id)


@lookup
def listener_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """The listener at this port, if this very step made it."""
    found = aws.collect("elbv2.describe_listeners", "Listeners", LoadBalancerArn=params["LoadBalancerArn"])
    for listener in found:
        if listener["Port"] == params["Port"] and _made_by(aws, listener["ListenerArn"], step_id):
            return {"Listeners": [listener]}
    return None


@lookup
def rule_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """The rule of this priority, if this very step made it."""
    rule = _rule_at(aws, params["ListenerArn"], params["Priority"])
    return {"Rules": [rule]} if rule and _made_by(aws, rule["RuleArn"], step_id) else None


@reader
def listener_rule(aws: Aws, listener: str, priority: int) -> dict[str, Any] | None:
    """The rule of this priority."""
    rule = _rule_at(aws, listener, priority)
    return {"arn": rule["RuleArn"]} if rule else None


def _rule_at(aws: Aws, listener: str, priority: int) -> dict[str, Any] | None:
    rules: list[dict[str, Any]] = aws.collect("elbv2.describe_rules", "Rules", ListenerArn=listener)
    return next((each for each in rules if each["Priority"] == str(priority)), None)


def _named(aws: Aws, plural: str, noun: str, name: str, step_id: str) -> dict[str, Any] | None:
    try:
        answer = aws.call(f"elbv2.describe_{plural}", Names=[name]).data
    except NotFound:
        return None
    found = answer[f"{noun}s"]
    return {f"{noun}s": found} if found and _made_by(aws, found[0][f"{noun}Arn"], step_id) else None


def _made_by(aws: Aws, arn: str, step_id: str) -> bool:
    told = aws.call("elbv2.describe_tags", ResourceArns=[arn]).data["TagDescriptions"]
    return any(tag_dict(each["Tags"]).get(STEP_TAG) == step_id for each in told)
