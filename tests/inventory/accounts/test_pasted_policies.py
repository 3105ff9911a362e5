"""With the policies to paste, and a permissions boundary, every action works, and nothing beside them."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from clusters.models import ContainerInstance
from ecsdash.access.models import User
from ecsdash.aws.callers import Caller
from ecsdash.aws.calls import Connection
from ecsdash.aws.errors import AccessDenied, AwsError
from ecsdash.inventory.accounts.permissions import PolicyLevel, feature_permissions
from ecsdash.inventory.accounts.policies import trust_policy, writer_policies
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.sweeps.run import sweep_now
from tests.clusters.world import World
from tests.inventory.accounts.pasted_roles import PRINCIPAL, paste_boundary, paste_role, paste_roles, role_arn
from tests.operations import drive
from tests.processes import REGION, Sandbox
from tests.services.simulated_services import SimulatedServices
from tests.services.test_create_wordpress import form as wordpress_form

CLUSTER_ROLE = "arn:aws:iam::123456789012:role/ecsdash/ecsInstanceRole"
TRUST = '{"Version": "2012-10-17", "Statement": []}'
EVERYTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


@pytest.fixture
def world(aws_account: Account, sandbox: Sandbox) -> World:
    """An empty simulated AWS with the pasted roles and boundary, swept by the reader role."""
    paste_boundary(sandbox, aws_account)
    paste_roles(sandbox, aws_account, PolicyLevel.OPERATE)
    sandbox.client("ec2").create_key_pair(KeyName="ops")
    world = World(Scope(aws_account, REGION), sandbox)
    world.sweep()
    return world


def test_they_cover_a_cluster_with_instances_and_its_deletion(world: World, operator: User) -> None:
    world.run("create_cluster", operator, world.cluster_data("both"))
    assert ContainerInstance.objects.filter(cluster_name="shop", status="ACTIVE").count() == 2
    role = world.client("iam").get_role(RoleName="ecsInstanceRole")["Role"]
    assert role["Arn"] == CLUSTER_ROLE
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith(":policy/ecsdash-boundary")
    profile = world.client("iam").get_instance_profile(InstanceProfileName="ecsInstanceRole")["InstanceProfile"]
    assert profile["Path"] == "/ecsdash/"

    world.sweep("roles", "instance_profiles")
    data = {**world.launch_data(), "number": 1, "instance_profile": "ecsInstanceRole"}
    world.run("launch_container_instances", operator, data, cluster="shop")
    world.sweep("clusters", "container_instances", "capacity_providers", "auto_scaling_groups")
    world.run("delete_cluster", operator, {"name": "shop", "confirm_name": "shop"}, cluster="shop")


def test_they_cover_task_definitions_and_services(aws_account: Account, sandbox: Sandbox, operator: User) -> None:
    stage = SimulatedServices(Scope(aws_account, REGION), sandbox)
    stage.build()
    paste_boundary(sandbox, aws_account)
    paste_roles(sandbox, aws_account, PolicyLevel.OPERATE)
    stage.do("create_service", operator, stage.create_data(), cluster="shop")
    place = {"cluster": "shop", "service": "web-front"}
    stage.do("deploy_service", operator, {"tag-web": "1.28"}, **place)
    assert stage.images("web-front:2") == ["nginx:1.28"]
    stage.do("delete_service", operator, {"force": "on"}, **place)


def test_they_cover_wordpress_and_its_removal(aws_account: Account, sandbox: Sandbox, operator: User) -> None:
    paste_boundary(sandbox, aws_account)
    paste_roles(sandbox, aws_account, PolicyLevel.OPERATE)
    scope = Scope(aws_account, REGION)
    sweep_now(scope)
    place = {"account": "demo", "region": REGION}
    made = drive.succeed(drive.start("create_wordpress", operator, scope, place, wordpress_form()), sandbox)
    undo = made.plan.undo
    assert undo is not None
    sweep_now(scope)
    drive.succeed(drive.start(undo.action, operator, scope, place, {**undo.data, "operation": str(made.pk)}), sandbox)
    assert sandbox.client("efs").describe_file_systems()["FileSystems"] == []


def session(account: Account, role: str) -> Any:
    """Return a connection of a role as an attacker would use it: nothing of ours refuses writes."""
    account.writer_role_arn = role_arn(role)
    return Connection(account.writer_target(REGION), Caller("ecsdash-ann"))


WRITES: dict[str, dict[str, Any]] = {
    "ecs.create_cluster": {"clusterName": "other"},
    "ecs.delete_cluster": {"cluster": "shop"},
    "ecs.update_service": {"cluster": "shop", "service": "web"},
    "ecs.tag_resource": {"resourceArn": f"arn:aws:ecs:{REGION}:123456789012:cluster/shop", "tags": []},
    "ecs.run_task": {"taskDefinition": "web"},
    "ec2.run_instances": {"ImageId": "ami-1", "MinCount": 1, "MaxCount": 1},
    "ec2.create_security_group": {"GroupName": "open", "Description": "open"},
    "elbv2.delete_load_balancer": {"LoadBalancerArn": "arn:aws:elasticloadbalancing:x"},
    "efs.create_file_system": {"CreationToken": "x"},
    "iam.create_role": {"RoleName": "x", "AssumeRolePolicyDocument": TRUST},
    "iam.put_role_policy": {"RoleName": "ecsdash-reader", "PolicyName": "x", "PolicyDocument": EVERYTHING},
    "logs.create_log_group": {"logGroupName": "x"},
    "secretsmanager.create_secret": {"Name": "x", "SecretString": "x"},
    "secretsmanager.get_secret_value": {"SecretId": "x"},
    "servicediscovery.create_http_namespace": {"Name": "x"},
    "sqs.create_queue": {"QueueName": "ecsdash-events"},
    "events.put_rule": {"Name": "ecsdash-events", "EventPattern": "{}"},
}


def test_aws_refuses_every_write_of_the_reader(world: World) -> None:
    reader = session(world.scope.account, "ecsdash-reader")
    for call, params in WRITES.items():
        with pytest.raises(AccessDenied):
            reader.call(call, **params)


ELSEWHERE: list[tuple[str, dict[str, Any]]] = [
    ("iam.create_role", {"RoleName": "admin", "AssumeRolePolicyDocument": TRUST}),  # outside the path
    ("iam.create_role", {"RoleName": "x", "Path": "/ecsdash/", "AssumeRolePolicyDocument": TRUST}),  # no boundary
    ("iam.attach_role_policy", {"RoleName": "ours", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    ("iam.put_role_policy", {"RoleName": "unbounded", "PolicyName": "x", "PolicyDocument": EVERYTHING}),
    ("iam.put_role_policy", {"RoleName": "ecsdash-writer", "PolicyName": "x", "PolicyDocument": EVERYTHING}),
    ("iam.delete_role", {"RoleName": "admin"}),
    ("ecs.register_task_definition", {"family": "x", "containerDefinitions": [], "taskRoleArn": role_arn("admin")}),
    ("secretsmanager.create_secret", {"Name": "x", "SecretString": "x"}),  # without our tag
    ("secretsmanager.delete_secret", {"SecretId": "theirs"}),
    ("logs.delete_log_group", {"logGroupName": "theirs"}),
    ("sqs.create_queue", {"QueueName": "theirs"}),
    ("ecs.delete_cluster", {"cluster": "arn:aws:ecs:eu-central-1:999999999999:cluster/theirs"}),
]  # fmt: skip


@pytest.fixture
def theirs(world: World) -> World:
    """Things that the dashboard did not create, and two roles in its path."""
    boundary = world.scope.account.permissions_boundary_arn
    iam = world.client("iam")
    iam.create_role(RoleName="admin", AssumeRolePolicyDocument=TRUST)
    iam.create_role(RoleName="unbounded", Path="/ecsdash/", AssumeRolePolicyDocument=TRUST)
    iam.create_role(RoleName="ours", Path="/ecsdash/", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=boundary)
    world.client("secretsmanager").create_secret(Name="theirs", SecretString="x")
    world.client("logs").create_log_group(logGroupName="theirs")
    return world


def test_aws_refuses_the_writer_what_is_not_ours(theirs: World) -> None:
    writer = session(theirs.scope.account, "ecsdash-writer")
    for call, params in ELSEWHERE:
        with pytest.raises(AccessDenied):
            writer.call(call, **params)
    writer.call("iam.put_role_policy", RoleName="ours", PolicyName="x", PolicyDocument=EVERYTHING)


def test_aws_refuses_the_writer_in_other_regions(world: World) -> None:
    account = world.scope.account
    account.writer_role_arn = role_arn("ecsdash-writer")
    elsewhere = Connection(account.writer_target("us-west-2"), Caller("ecsdash-ann"))
    with pytest.raises(AccessDenied, match="ecs:CreateCluster"):
        elsewhere.call("ecs.create_cluster", clusterName="shop")


def test_a_boundary_limits_what_a_role_may_do_whatever_its_policies_say(theirs: World) -> None:
    iam = theirs.client("iam")
    iam.put_role_policy(RoleName="ours", PolicyName="all", PolicyDocument=EVERYTHING)
    iam.update_assume_role_policy(
        RoleName="ours", PolicyDocument=json.dumps(trust_policy(theirs.scope.account, PRINCIPAL, writer=False))
    )
    ours = session(theirs.scope.account, "ecsdash/ours")
    ours.call("ecs.create_cluster", clusterName="an-agent-may")
    with pytest.raises(AccessDenied, match="no permissions boundary allows"):
        ours.call("ecs.delete_cluster", cluster="an-agent-may")


def test_a_policy_that_is_not_pasted_is_missed(aws_account: Account, sandbox: Sandbox) -> None:
    """The tests above prove something: without one feature's statements its call is refused."""
    every = [each for each in feature_permissions() if "ecs.create_cluster" not in each.calls]
    policies = writer_policies(aws_account, PolicyLevel.OPERATE, every)
    paste_role(sandbox, "poor", trust_policy(aws_account, PRINCIPAL, writer=False), policies)
    with pytest.raises(AwsError, match="ecs:CreateCluster"):
        session(aws_account, "poor").call("ecs.create_cluster", clusterName="shop")


def test_a_trust_policy_decides_who_assumes_a_role(aws_account: Account, sandbox: Sandbox) -> None:
    aws_account.external_id = "made-for-you"
    stranger = trust_policy(aws_account, "arn:aws:iam::999999999999:root", writer=True)
    paste_role(sandbox, "theirs", stranger, [])
    paste_role(sandbox, "ours", trust_policy(aws_account, PRINCIPAL, writer=False), [])
    sts = sandbox.client("sts")
    asked: dict[str, Any] = {"RoleArn": role_arn("ours"), "RoleSessionName": "ann", "ExternalId": "made-for-you"}
    assert sts.assume_role(**asked)["Credentials"]
    refused: list[tuple[dict[str, Any], str]] = [
        ({"RoleArn": role_arn("theirs")}, "sts:AssumeRole"),
        ({"ExternalId": "guessed"}, "sts:AssumeRole"),
        ({"SourceIdentity": "ann"}, "sts:SetSourceIdentity"),
    ]
    for changed, action in refused:
        with pytest.raises(ClientError, match=f"not authorized to perform: {action} on"):
            sts.assume_role(**{**asked, **changed})
