from ecsdash.sandbox.scope import Scope
from tests.sandbox import aws
from tests.sandbox.conftest import REGION, Sandbox

SCOPE = Scope("123456789012", REGION)


def health(sandbox: Sandbox, group: str) -> dict[tuple[str, int], str]:
    found = sandbox.client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return {(each["Target"]["Id"], each["Target"]["Port"]): each["TargetHealth"]["State"] for each in found}


def attached_group(sandbox: Sandbox, kind: str = "ip") -> str:
    group = aws.target_group(sandbox, kind=kind)
    aws.listener(sandbox, aws.load_balancer(sandbox)["LoadBalancerArn"], aws.forward(group))
    return group


def test_a_target_walks_from_initial_to_healthy_and_drains_before_it_is_gone(sandbox: Sandbox) -> None:
    group, elb = attached_group(sandbox), sandbox.client("elbv2")
    elb.modify_target_group_attributes(
        TargetGroupArn=group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "20"}]
    )
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "172.31.0.9", "Port": 8080}])
    assert health(sandbox, group) == {("172.31.0.9", 8080): "initial"}
    sandbox.step(11)
    assert health(sandbox, group) == {("172.31.0.9", 8080): "healthy"}
    elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "172.31.0.9", "Port": 8080}])
    assert health(sandbox, group) == {("172.31.0.9", 8080): "draining"}
    sandbox.step(20)
    assert health(sandbox, group) == {}


def test_a_target_of_a_group_without_a_listener_is_unused(sandbox: Sandbox) -> None:
    group = aws.target_group(sandbox)
    sandbox.client("elbv2").register_targets(TargetGroupArn=group, Targets=[{"Id": "172.31.0.9"}])
    assert health(sandbox, group) == {("172.31.0.9", 8080): "unused"}


def test_a_target_whose_checks_fail_becomes_unhealthy(sandbox: Sandbox) -> None:
    group, aws = attached_group(sandbox), sandbox.world.aws
    aws.register_target(SCOPE, group, "172.31.0.9", 8080, "eu-central-1a", healthy=False)
    assert aws.target_health(SCOPE, group, "172.31.0.9", 8080) == "initial"
    sandbox.step(25)
    assert health(sandbox, group) == {("172.31.0.9", 8080): "unhealthy"}


def test_one_instance_is_two_targets_at_two_ports(sandbox: Sandbox) -> None:
    group, aws = attached_group(sandbox, "instance"), sandbox.world.aws
    for port in (32768, 32769):
        aws.register_target(SCOPE, group, "i-0123456789abcdef0", port, "eu-central-1a", healthy=True)
    aws.deregister_target(SCOPE, group, "i-0123456789abcdef0", 32768)
    states = health(sandbox, group)
    assert states == {("i-0123456789abcdef0", 32768): "draining", ("i-0123456789abcdef0", 32769): "initial"}


def test_a_group_no_longer_names_a_load_balancer_that_is_gone(sandbox: Sandbox) -> None:
    group, elb = attached_group(sandbox), sandbox.client("elbv2")
    balancer = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]

    def named() -> list[str]:
        found: list[str] = elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"]
        return found

    assert named() == [balancer]
    elb.delete_load_balancer(LoadBalancerArn=balancer)
    assert named() == []
    attached = sandbox.world.aws.target_group(SCOPE, group)
    assert attached is not None
    assert not attached.attached
