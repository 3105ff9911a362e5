"""The steps that remove what was made in front of a service."""

from ecsdash.operations.plan import Step
from services.selectors.load_balancers import Made

#: The inventory's nouns that change with it.
FRONT = ("load_balancers", "listeners", "target_groups")
REMOVAL_CALLS = (
    "elbv2.delete_rule", "elbv2.delete_listener", "elbv2.delete_load_balancer", "elbv2.delete_target_group",
)  # fmt: skip


def removal_steps(made: Made) -> tuple[Step, ...]:
    """Rules and listeners first, then what they pointed to. Each is content with what is gone already."""
    rules = (
        Step(f"rule_{n}", f"Delete rule {each.priority} of the listener {each.listener.label}", "elbv2.delete_rule",
             {"RuleArn": each.rule["arn"]}, tolerate=("RuleNotFound",))
        for n, each in enumerate(made.rules)
    )  # fmt: skip
    listeners = (
        Step(f"listener_{n}", f"Delete the listener at port {each.port}", "elbv2.delete_listener",
             {"ListenerArn": each.arn}, tolerate=("ListenerNotFound",))
        for n, each in enumerate(made.listeners)
    )  # fmt: skip
    balancers = (
        Step(f"load_balancer_{n}", f"Delete the load balancer {each.name}", "elbv2.delete_load_balancer",
             {"LoadBalancerArn": each.arn}, tolerate=("LoadBalancerNotFound",))
        for n, each in enumerate(made.load_balancers)
    )  # fmt: skip
    groups = (
        Step(f"target_group_{n}", f"Delete the target group {each.name}", "elbv2.delete_target_group",
             {"TargetGroupArn": each.arn}, tolerate=("TargetGroupNotFound",), retry_on=("ResourceInUse",))
        for n, each in enumerate(made.target_groups)
    )  # fmt: skip
    return (*rules, *listeners, *balancers, *groups)
