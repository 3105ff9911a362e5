"""The confirmation of a plan, for every kind of thing that a rule can name and for every capability. A kind or a
capability without a row here fails."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from django.test import Client

from ecsdash.access.models import Grant, OwnershipRule, Team, User
from ecsdash.access.ownership import KINDS, SHARED_KINDS
from ecsdash.access.permissions import Capability
from ecsdash.inventory.models import Account
from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.plan import Plan, Step
from tests.users import ACCOUNT, REGION, make_account, team_member

Call = tuple[str, Mapping[str, Any]]
LB: Final = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"


def service(**more: Any) -> Call:
    return "ecs.create_service", {"cluster": "shop", "serviceName": "new", **more}


def task_definition(**more: Any) -> Call:
    return "ecs.register_task_definition", {"family": "shop-own", **more}


def container(**more: Any) -> Call:
    return task_definition(containerDefinitions=[{"name": "app", "image": "x", **more}])


def network(**more: Any) -> Call:
    return service(networkConfiguration={"awsvpcConfiguration": more})


#: A call that names a thing of the kind, in a plan for the cluster `shop`.
NAMING: Final[dict[str, Callable[[str], Call]]] = {
    "load_balancer": lambda name: ("elbv2.create_listener", {"LoadBalancerArn": f"{LB}:loadbalancer/app/{name}/1"}),
    "target_group": lambda name: service(loadBalancers=[{"targetGroupArn": f"{LB}:targetgroup/{name}/1"}]),
    "task_definition": lambda name: service(taskDefinition=f"{name}:1"),
    "role": lambda name: task_definition(taskRoleArn=f"arn:aws:iam::123456789012:role/{name}"),
    "instance_profile": lambda name: ("ec2.run_instances", {"IamInstanceProfile": {"Name": name}}),
    "secret": lambda name: container(secrets=[{"name": "A", "valueFrom": name}]),
    "security_group": lambda name: network(securityGroups=[name]),
    "subnet": lambda name: network(subnets=[name]),
    "vpc": lambda name: ("elbv2.create_target_group", {"Name": "new", "VpcId": name}),
    "namespace": lambda name: service(serviceConnectConfiguration={"namespace": name}),
    "file_system": lambda name: task_definition(volumes=[{"efsVolumeConfiguration": {"fileSystemId": name}}]),
    "log_group": lambda name: container(logConfiguration={"options": {"awslogs-group": name}}),
    "capacity_provider": lambda name: service(capacityProviderStrategy=[{"capacityProvider": name}]),
    "auto_scaling_group": lambda name: (
        "ecs.create_capacity_provider",
        {"name": "new", "autoScalingGroupProvider": {"autoScalingGroupArn": name}},
    ),
    "launch_template": lambda name: (
        "autoscaling.create_auto_scaling_group",
        {"AutoScalingGroupName": "new", "LaunchTemplate": {"LaunchTemplateName": name}},
    ),
    "certificate": lambda name: (
        "elbv2.create_listener",
        {"LoadBalancerArn": f"{LB}:loadbalancer/app/shop-own/1", "Certificates": [{"CertificateArn": name}]},
    ),
    "key_pair": lambda name: ("ec2.run_instances", {"KeyName": name}),
    "object": lambda name: container(environmentFiles=[{"value": f"arn:aws:s3:::{name}"}]),
    "function": lambda name: service(
        deploymentConfiguration={
            "lifecycleHooks": [{"hookTargetArn": f"arn:aws:lambda:eu-central-1:123456789012:function:{name}"}]
        }
    ),
    "alarm": lambda name: service(deploymentConfiguration={"alarms": {"alarmNames": [name]}}),
    "kms_key": lambda name: service(serviceConnectConfiguration={"services": [{"tls": {"kmsKey": name}}]}),
    "repository": lambda name: container(image=f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/{name}:1"),
}
#: Calls whose name is changed, not used: sharing does not allow it.
CHANGED: Final = {"load_balancer"}
NEEDING: Final[dict[str, Call]] = {
    Capability.HOST_ACCESS: container(privileged=True),
    Capability.PUBLIC_EXPOSURE: network(assignPublicIp="ENABLED"),
    Capability.COMMAND_OVERRIDE: (
        "ecs.run_task",
        {"cluster": "shop", "overrides": {"containerOverrides": [{"name": "app", "command": ["env"]}]}},
    ),
}


@pytest.fixture
def account(db: None) -> Account:
    return make_account(ACCOUNT, name="Demo", account_id="123456789012", regions=[REGION])


@pytest.fixture
def member(account: Account) -> User:
    """A member of the team shop, which owns what is named shop-own and operates the cluster shop."""
    Team.objects.create(name="bank")
    member = team_member("member", "shop", "operator", account=ACCOUNT, cluster="shop")
    for kind in KINDS:
        OwnershipRule.objects.create(kind=kind, pattern="shop-own", team=Team.objects.get(name="shop"))
    return member


def starts(client: Client, user: User, account: Account, call: Call) -> bool:
    """Confirm a plan with this call, and return whether it started."""
    Operation.objects.all().delete()
    plan = Plan("Change", "arn:thing", "thing", (Step("step", "Step", call[0], dict(call[1])),))
    draft = Draft.objects.create(
        user=user, action="create_cluster", account=account, region=REGION, cluster="shop", resource_type="cluster",
        resource_key="arn:thing", resource_name="thing", url_kwargs={"account": ACCOUNT, "region": REGION},
        plan_data=plan.to_json(),
    )  # fmt: skip
    client.force_login(user)
    client.post(f"/plans/{draft.pk}/confirm/")
    return Operation.objects.filter(pk=draft.pk).exists()


def test_every_kind_and_every_capability_has_a_row() -> None:
    assert set(NAMING) == set(KINDS)
    assert set(NEEDING) == set(Capability.values)


@pytest.mark.parametrize(("owner", "allowed"), [
    ("shop", set(KINDS)), ("everybody", set(KINDS) - CHANGED), ("bank", set()), ("nobody", set(SHARED_KINDS)),
])  # fmt: skip
def test_a_plan_starts_as_the_owner_of_what_it_names_decides(
    client: Client, member: User, account: Account, owner: str, allowed: set[str]
) -> None:
    team = Team.objects.filter(name=owner).first()
    if owner != "nobody":
        OwnershipRule.objects.bulk_create(OwnershipRule(kind=kind, pattern="thing-1", team=team) for kind in KINDS)
    assert {kind for kind, call in NAMING.items() if starts(client, member, account, call("thing-1"))} == allowed


@pytest.mark.parametrize("held", [None, *Capability.values])
def test_a_plan_starts_only_with_the_capabilities_that_it_needs(
    client: Client, member: User, account: Account, held: str | None
) -> None:
    Grant.objects.filter(team__name="shop").update(capabilities=[held] if held else [])
    assert {need for need, call in NEEDING.items() if starts(client, member, account, call)} == (
        {held} if held else set()
    )
