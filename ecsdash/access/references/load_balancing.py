"""References of the calls of Elastic Load Balancing."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.access.permissions import Capability
from ecsdash.access.references import How, Reference, RequiredCapability, entry, thing

Params = Mapping[str, Any]
Named = Iterator[Reference | RequiredCapability]


@entry("elbv2.create_load_balancer")
def create_load_balancer(params: Params) -> Named:
    yield thing(How.CREATES, "load_balancer", params["Name"])
    for subnet in params.get("Subnets", ()):
        yield thing(How.USES, "subnet", subnet)
    for group in params.get("SecurityGroups", ()):
        yield thing(How.USES, "security_group", group)
    if params.get("Scheme") != "internal":
        yield RequiredCapability(
            Capability.PUBLIC_EXPOSURE, f"The load balancer {params['Name']} is reachable from the internet."
        )


@entry("elbv2.delete_load_balancer")
def delete_load_balancer(params: Params) -> Named:
    yield thing(How.DELETES, "load_balancer", params["LoadBalancerArn"])


@entry("elbv2.create_target_group")
def create_target_group(params: Params) -> Named:
    yield thing(How.CREATES, "target_group", params["Name"])
    yield thing(How.USES, "vpc", params.get("VpcId"))


@entry("elbv2.modify_target_group", "elbv2.modify_target_group_attributes")
def change_target_group(params: Params) -> Named:
    yield thing(How.CHANGES, "target_group", params["TargetGroupArn"])


@entry("elbv2.delete_target_group")
def delete_target_group(params: Params) -> Named:
    yield thing(How.DELETES, "target_group", params["TargetGroupArn"])


@entry("elbv2.create_listener")
def create_listener(params: Params) -> Named:
    """A listener on an existing load balancer makes a new port of it reachable, so it changes the load balancer."""
    yield thing(How.CHANGES, "load_balancer", params["LoadBalancerArn"])
    for certificate in params.get("Certificates", ()):
        yield thing(How.USES, "certificate", certificate["CertificateArn"])
    yield from _targets(params.get("DefaultActions", ()))


@entry("elbv2.modify_listener")
def change_listener(params: Params) -> Named:
    """Another port of a listener makes it reachable there, so it changes the load balancer too."""
    yield thing(How.CHANGES, "listener", params["ListenerArn"])
    if "Port" in params:
        yield thing(How.CHANGES, "load_balancer", params["ListenerArn"])
    for certificate in params.get("Certificates", ()):
        yield thing(How.USES, "certificate", certificate["CertificateArn"])
    yield from _targets(params.get("DefaultActions", ()))


@entry("elbv2.delete_listener")
def delete_listener(params: Params) -> Named:
    yield thing(How.DELETES, "listener", params["ListenerArn"])


@entry("elbv2.create_rule")
def create_rule(params: Params) -> Named:
    """A rule uses its listener. What it takes from other rules is found by the app that knows them."""
    yield thing(How.USES, "listener", params["ListenerArn"])
    yield from _targets(params.get("Actions", ()))


@entry("elbv2.modify_rule")
def change_rule(params: Params) -> Named:
    """Other conditions take requests from other rules, which is found by the app that knows them."""
    yield thing(How.CHANGES, "listener_rule", params["RuleArn"])
    yield from _targets(params.get("Actions", ()))


@entry("elbv2.set_rule_priorities")
def move_rules(params: Params) -> Named:
    for each in params["RulePriorities"]:
        yield thing(How.CHANGES, "listener_rule", each["RuleArn"])


@entry("elbv2.delete_rule")
def delete_rule(params: Params) -> Named:
    yield thing(How.DELETES, "listener_rule", params["RuleArn"])


def _targets(actions: Any) -> Named:
    for action in actions:
        yield thing(How.USES, "target_group", action.get("TargetGroupArn"))
        for group in (action.get("ForwardConfig") or {}).get("TargetGroups") or ():
            yield thing(How.USES, "target_group", group.get("TargetGroupArn"))
