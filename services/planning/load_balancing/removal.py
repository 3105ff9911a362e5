"""Steps that delete the load balancing resources of a service."""

from typing import Any

from ecsdash.operations.plan import Step
from services.planning import registries
from services.selectors.load_balancers import OwnedLoadBalancing

#: Nouns of the inventory that these steps change.
LOAD_BALANCING_NOUNS = ("load_balancers", "listeners", "target_groups", "security_groups", *registries.NOUNS)
REMOVAL_CALLS = (
    "elbv2.delete_rule", "elbv2.delete_listener", "elbv2.delete_load_balancer", "elbv2.delete_target_group",
    "ec2.delete_security_group", *registries.REMOVAL_CALLS,
)  # fmt: skip
#: Network interfaces of tasks hold their security groups for some minutes.
INTERFACES_SECONDS = 1800


def removal_steps(owned: OwnedLoadBalancing) -> tuple[Step, ...]:
    """Return the steps: rules and listeners first, then load balancers and target groups. Missing ones are fine."""
    rules = (
        Step(f"rule_{n}", f"Delete rule {each.priority} of the listener {each.listener.label}", "elbv2.delete_rule",
             {"RuleArn": each.rule["arn"]}, tolerate=("RuleNotFound",))
        for n, each in enumerate(owned.rules)
    )  # fmt: skip
    listeners = (listener_removal(f"listener_{n}", each.port, each.arn) for n, each in enumerate(owned.listeners))
    balancers = (
        load_balancer_removal(f"load_balancer_{n}", each.name, each.arn) for n, each in enumerate(owned.load_balancers)
    )
    groups = (
        target_group_removal(f"target_group_{n}", each.name, each.arn) for n, each in enumerate(owned.target_groups)
    )
    firewalls = (
        Step(
            f"security_group_{n}", f"Delete the security group {each.label}", "ec2.delete_security_group",
            {"GroupId": each.name}, tolerate=("InvalidGroup.NotFound",), retry_on=("DependencyViolation",),
            timeout=INTERFACES_SECONDS,
        )
        for n, each in enumerate(owned.security_groups)
    )  # fmt: skip
    names = (registries.registry_removal(n, each) for n, each in enumerate(owned.registries))
    return (*rules, *listeners, *balancers, *groups, *firewalls, *names)


def listener_removal(key: str, port: int | str, arn: Any, **more: Any) -> Step:
    return Step(
        key, f"Delete the listener on port {port}", "elbv2.delete_listener", {"ListenerArn": arn},
        tolerate=("ListenerNotFound",), **more,
    )  # fmt: skip


def load_balancer_removal(key: str, name: str, arn: Any, **more: Any) -> Step:
    return Step(
        key, f"Delete the load balancer {name}", "elbv2.delete_load_balancer", {"LoadBalancerArn": arn},
        tolerate=("LoadBalancerNotFound",), **more,
    )  # fmt: skip


def target_group_removal(key: str, name: str, arn: Any, **more: Any) -> Step:
    return Step(
        key, f"Delete the target group {name}", "elbv2.delete_target_group", {"TargetGroupArn": arn},
        tolerate=("TargetGroupNotFound",), retry_on=("ResourceInUse",), **more,
    )  # fmt: skip
