"""What the control plane asks of the rest of AWS."""

from ecsdash.sandbox.scope import Scope
from tests.sandbox import aws
from tests.sandbox.conftest import REGION, Sandbox

SCOPE = Scope("123456789012", REGION)


def test_traffic_of_a_listener_is_shifted_between_target_groups(sandbox: Sandbox) -> None:
    blue, green = aws.target_group(sandbox, "blue"), aws.target_group(sandbox, "green")
    listener = aws.listener(sandbox, aws.load_balancer(sandbox)["LoadBalancerArn"], aws.forward(blue))
    adapters = sandbox.world.aws
    assert adapters.listener_exists(SCOPE, listener)
    assert adapters.traffic(SCOPE, listener) == {blue: 1}
    adapters.shift_traffic(SCOPE, listener, {blue: 90, green: 10})
    assert adapters.traffic(SCOPE, listener) == {blue: 90, green: 10}
    found = sandbox.client("elbv2").describe_listeners(ListenerArns=[listener])["Listeners"][0]["DefaultActions"]
    shown = {each["TargetGroupArn"]: each["Weight"] for each in found[0]["ForwardConfig"]["TargetGroups"]}
    assert shown == {blue: 90, green: 10}
    group = sandbox.client("elbv2").describe_target_groups(TargetGroupArns=[green])["TargetGroups"][0]
    assert group["LoadBalancerArns"]


def test_traffic_of_a_rule_is_shifted_and_its_listener_keeps_its_own(sandbox: Sandbox) -> None:
    blue, green = aws.target_group(sandbox, "blue"), aws.target_group(sandbox, "green")
    listener = aws.listener(sandbox, aws.load_balancer(sandbox)["LoadBalancerArn"], aws.forward(blue))
    made = sandbox.client("elbv2").create_rule(
        ListenerArn=listener,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/shop"]}],
        Actions=[aws.forward(blue)],
    )
    rule = made["Rules"][0]["RuleArn"]
    adapters = sandbox.world.aws
    adapters.shift_traffic(SCOPE, rule, {green: 100})
    assert adapters.traffic(SCOPE, rule) == {green: 100}
    assert adapters.traffic(SCOPE, listener) == {blue: 1}
    assert not adapters.listener_exists(SCOPE, f"{rule}0")


def test_released_instances_leave_their_group_and_are_not_replaced(sandbox: Sandbox) -> None:
    template = aws.launch_template(sandbox, "shop", aws.instance_profile(sandbox))
    arn = aws.auto_scaling_group(sandbox, template, desired=3)
    adapters = sandbox.world.aws
    group = adapters.auto_scaling_group(SCOPE, arn)
    assert group
    kept, *given_up = group.instance_ids
    adapters.release_instances(SCOPE, arn, given_up)
    after = adapters.auto_scaling_group(SCOPE, arn)
    assert after
    assert (after.desired, after.instance_ids) == (1, (kept,))


def test_a_protected_instance_is_not_chosen_when_its_group_shrinks(sandbox: Sandbox) -> None:
    template = aws.launch_template(sandbox, "shop", aws.instance_profile(sandbox))
    arn = aws.auto_scaling_group(sandbox, template, desired=3)
    adapters = sandbox.world.aws
    group = adapters.auto_scaling_group(SCOPE, arn)
    assert group
    protected = group.instance_ids[0]
    adapters.protect_from_scale_in(SCOPE, arn, [protected], protected=True)
    adapters.set_desired_capacity(SCOPE, arn, 1)
    after = adapters.auto_scaling_group(SCOPE, arn)
    assert after
    assert after.instance_ids == (protected,)
