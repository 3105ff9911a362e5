"""Conditions, look-ups and readers of load balancers, listeners and listener rules."""

from collections.abc import Iterator, Sequence
from typing import Any

from ecsdash.aws.calls import Aws
from ecsdash.aws.errors import NotFound
from ecsdash.aws.limits import DESCRIBE_LOAD_BALANCERS
from ecsdash.inventory.store import tag_dict
from ecsdash.operations.hooks import Progress, adjustment, condition, lookup, reader
from ecsdash.operations.refs import STEP_TAG
from services.documents.listener_rule import actions, conditions
from services.selectors.load_balancers import free_priority


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
    """Return the listener on this port, if this step created it."""
    found = aws.collect("elbv2.describe_listeners", "Listeners", LoadBalancerArn=params["LoadBalancerArn"])
    for listener in found:
        if listener["Port"] == params["Port"] and any(_created_by(aws, [listener["ListenerArn"]], step_id)):
            return {"Listeners": [listener]}
    return None


@lookup
def rule_of_step(aws: Aws, params: dict[str, Any], step_id: str) -> dict[str, Any] | None:
    """Return the rule that this step created, at any priority."""
    rules = {rule["RuleArn"]: rule for rule in _rules(aws, params["ListenerArn"])}
    arn = next(_created_by(aws, list(rules), step_id), None)
    return {"Rules": [rules[arn]]} if arn else None


@adjustment
def next_free_priority(aws: Aws, params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with another priority, if the priority is in use now."""
    used = {int(each["Priority"]) for each in _rules(aws, params["ListenerArn"])}
    return params if params["Priority"] not in used else {**params, "Priority": free_priority(used)}


@reader
def listener_settings(aws: Aws, listener: str, names: Sequence[str]) -> dict[str, Any] | None:
    """Return members of the listener's description; None if it does not exist."""
    try:
        found = aws.call("elbv2.describe_listeners", ListenerArns=[listener]).data["Listeners"]
    except NotFound:
        return None
    return {name: found[0].get(name) for name in names}


@reader
def target_group_settings(aws: Aws, target_group: str, names: Sequence[str]) -> dict[str, Any] | None:
    """Return members of the description of a target group and attributes by their keys; None if it does not exist."""
    try:
        (found,) = aws.call("elbv2.describe_target_groups", TargetGroupArns=[target_group]).data["TargetGroups"]
        answer = aws.call("elbv2.describe_target_group_attributes", TargetGroupArn=target_group).data
    except NotFound:
        return None
    known = {**found, **{each["Key"]: each["Value"] for each in answer["Attributes"]}}
    return {name: known.get(name) for name in names}


@reader
def listener_rule(aws: Aws, listener: str, priority: int) -> dict[str, Any] | None:
    """Return the rule with this priority."""
    found = (each for each in _rules(aws, listener) if each["Priority"] == str(priority))
    return next(({"arn": each["RuleArn"]} for each in found), None)


@reader
def listener_rule_settings(aws: Aws, rule: str) -> dict[str, Any] | None:
    """Return the priority, conditions and actions of a rule as the inventory stores them; None if it does not exist."""
    try:
        (found,) = aws.call("elbv2.describe_rules", RuleArns=[rule]).data["Rules"]
    except NotFound:
        return None
    return {
        "priority": int(found["Priority"]),
        "conditions": conditions.stored(found.get("Conditions", [])),
        "actions": actions.stored(found.get("Actions", [])),
    }


@reader
def listener(aws: Aws, listener: str) -> dict[str, Any] | None:
    try:
        (found,) = aws.call("elbv2.describe_listeners", ListenerArns=[listener]).data["Listeners"]
    except NotFound:
        return None
    return {"protocol": found["Protocol"], "port": found["Port"]}


@reader
def listener_routing(aws: Aws, listener: str) -> dict[str, Any] | None:
    """Return the default action of a listener as the inventory stores it, and its certificate; None if it does not
    exist."""
    try:
        (found,) = aws.call("elbv2.describe_listeners", ListenerArns=[listener]).data["Listeners"]
    except NotFound:
        return None
    named = found.get("Certificates") or [{}]
    certificate = named[0].get("CertificateArn", "")
    return {"actions": actions.stored(found.get("DefaultActions", [])), "certificate": certificate}


@reader
def listener_on_port(aws: Aws, load_balancer: str, port: int) -> dict[str, Any] | None:
    """Return the listener of a load balancer on this port."""
    found = aws.collect("elbv2.describe_listeners", "Listeners", LoadBalancerArn=load_balancer)
    return next(({"arn": each["ListenerArn"]} for each in found if each["Port"] == port), None)


def _rules(aws: Aws, listener: str) -> list[dict[str, Any]]:
    """Return the rules without the default one; empty if the listener does not exist."""
    try:
        found = aws.collect("elbv2.describe_rules", "Rules", ListenerArn=listener)
    except NotFound:
        return []
    return [each for each in found if not each.get("IsDefault") and each["Priority"] != "default"]


def _named(aws: Aws, plural: str, noun: str, name: str, step_id: str) -> dict[str, Any] | None:
    try:
        answer = aws.call(f"elbv2.describe_{plural}", Names=[name]).data
    except NotFound:
        return None
    found = answer[f"{noun}s"]
    return {f"{noun}s": found} if found and any(_created_by(aws, [found[0][f"{noun}Arn"]], step_id)) else None


def _created_by(aws: Aws, arns: Sequence[str], step_id: str) -> Iterator[str]:
    """Yield the ARNs whose resources have the tag of the step."""
    size = DESCRIBE_LOAD_BALANCERS
    descriptions = aws.describe("elbv2.describe_tags", "TagDescriptions", of=arns, by="ResourceArns", size=size)
    return (each["ResourceArn"] for each in descriptions if tag_dict(each["Tags"]).get(STEP_TAG) == step_id)
