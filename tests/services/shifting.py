"""Services whose deployments shift traffic, made through the API of the simulated AWS, as another tool would."""

import json
from collections.abc import Callable
from typing import Any

ROLE = "arn:aws:iam::123456789012:role/ecsInfrastructureRole"
Client = Callable[[str], Any]
PAUSE = {
    "targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
    "timeoutConfiguration": {"timeoutInMinutes": 600, "action": "ROLLBACK"},
}  # fmt: skip


def canary(*, percent: float = 10, wait: int = 10, bake: int = 10, **more: Any) -> dict[str, Any]:
    """Return the configuration of canary deployments that pause after the test traffic was shifted."""
    steps = {"canaryPercent": percent, "canaryBakeTimeInMinutes": wait}
    waits = {"canaryConfiguration": steps, "bakeTimeInMinutes": bake, "lifecycleHooks": [PAUSE]}
    return {"strategy": "CANARY", **waits, **more}


def infrastructure_role(client: Client) -> None:
    """Create the role with which ECS changes the listener rules."""
    principal = {"Service": "ecs.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("iam").create_role(RoleName="ecsInfrastructureRole", AssumeRolePolicyDocument=policy)


def two_target_groups(client: Client, name: str, container: str, port: int = 80) -> dict[str, Any]:
    """Create a load balancer with a production and a test listener. Return the entry of `loadBalancers`."""
    elb, ec2 = client("elbv2"), client("ec2")
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]][:2]
    vpc = next(each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"] if each["IsDefault"])
    (balancer,) = elb.create_load_balancer(Name=name, Subnets=subnets)["LoadBalancers"]
    blue, green = (
        elb.create_target_group(Name=each, Protocol="HTTP", Port=port, VpcId=vpc, TargetType="ip")["TargetGroups"][0][
            "TargetGroupArn"
        ]
        for each in (name, f"{name}-alternate")
    )
    rules = [_rule(elb, balancer["LoadBalancerArn"], port, blue) for port in (80, 8080)]
    advanced = {
        "alternateTargetGroupArn": green, "productionListenerRule": rules[0], "testListenerRule": rules[1],
        "roleArn": ROLE,
    }  # fmt: skip
    return {
        "targetGroupArn": blue, "containerName": container, "containerPort": port, "advancedConfiguration": advanced,
    }  # fmt: skip


def _rule(elb: Any, balancer: str, port: int, group: str) -> str:
    """Create a listener with a rule for all paths. Return the ARN of the rule."""
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    made = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=port, DefaultActions=forward)
    listener = made["Listeners"][0]["ListenerArn"]
    paths = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}]
    rule = elb.create_rule(ListenerArn=listener, Priority=1, Conditions=paths, Actions=forward)
    return str(rule["Rules"][0]["RuleArn"])
