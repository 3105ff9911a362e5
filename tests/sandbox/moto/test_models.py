import json
import time

import pytest
from botocore.exceptions import ClientError
from moto.sqs.models import Message, SQSBackend

from ecsdash.sandbox.moto.models.queues import within_retention
from tests.processes import REGION
from tests.sandbox import aws, shop
from tests.sandbox.conftest import Sandbox


def code_of(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize(
    "flavour", ["amazon-linux-2023", "amazon-linux-2023/arm64", "amazon-linux-2", "amazon-linux-2/gpu"]
)
def test_the_recommended_image_is_json_and_exists(sandbox: Sandbox, flavour: str) -> None:
    name = f"/aws/service/ecs/optimized-ami/{flavour}/recommended"
    value = sandbox.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    image = json.loads(value)["image_id"]
    assert sandbox.client("ec2").describe_images(ImageIds=[image])["Images"][0]["ImageId"] == image


def test_a_region_starts_with_a_default_network(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2", "eu-west-1")
    vpc = ec2.describe_vpcs()["Vpcs"][0]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["default"]}])["SecurityGroups"]
    assert vpc["IsDefault"]
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) == len(subnets) >= 2
    assert len(groups) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"ImageId": "ami-0123456789abcdef0"}, "InvalidAMIID.NotFound"),
        ({"InstanceType": "t3.gigantic"}, "InvalidInstanceType.NotFound"),
        ({"KeyName": "lost"}, "InvalidKeyPair.NotFound"),
        ({"IamInstanceProfile": {"Name": "nobody"}}, "InvalidParameterValue"),
        ({"SubnetId": "subnet-0123456789abcdef0"}, "InvalidSubnetID.NotFound"),
        ({"SecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidGroup.NotFound"),
    ],
)
def test_a_launch_with_something_unknown_is_refused(sandbox: Sandbox, wrong: dict[str, object], code: str) -> None:
    with pytest.raises(ClientError) as caught:
        aws.run_instances(sandbox, "shop", **wrong)
    assert code_of(caught) == code
    with pytest.raises(ClientError) as caught:
        aws.run_instances(sandbox, "shop", **wrong, DryRun=True)
    assert code_of(caught) == code
    assert sandbox.client("ec2").describe_instances()["Reservations"] == []


def test_a_dry_run_of_what_would_succeed_launches_nothing(sandbox: Sandbox) -> None:
    with pytest.raises(ClientError) as caught:
        aws.run_instances(sandbox, "shop", DryRun=True)
    assert code_of(caught) == "DryRunOperation"
    assert sandbox.client("ec2").describe_instances()["Reservations"] == []


def test_the_same_client_token_launches_once(sandbox: Sandbox) -> None:
    first = aws.run_instances(sandbox, "shop", ClientToken="once", MaxCount=2)
    assert len(first) == 2
    assert aws.run_instances(sandbox, "shop", ClientToken="once", MaxCount=2) == first
    with pytest.raises(ClientError) as caught:
        aws.run_instances(sandbox, "shop", ClientToken="once", MaxCount=3)
    assert code_of(caught) == "IdempotentParameterMismatch"
    assert len(sandbox.client("ec2").describe_instances()["Reservations"]) == 1


def test_an_instance_boots_before_it_runs(sandbox: Sandbox) -> None:
    def state() -> str:
        found = sandbox.client("ec2").describe_instances()["Reservations"][0]["Instances"][0]
        return str(found["State"]["Name"])

    aws.run_instances(sandbox, "shop")
    assert state() == "pending"
    sandbox.step(10)
    assert state() == "running"


def test_every_launched_instance_carries_the_profile(sandbox: Sandbox) -> None:
    profile = aws.instance_profile(sandbox)
    aws.run_instances(sandbox, "shop", MaxCount=2, IamInstanceProfile={"Name": profile})
    found = sandbox.client("ec2").describe_instances()["Reservations"][0]["Instances"]
    assert [each["IamInstanceProfile"]["Arn"].rpartition("/")[2] for each in found] == [profile, profile]


def test_a_group_spreads_its_instances_over_the_subnets(sandbox: Sandbox) -> None:
    template = aws.launch_template(sandbox, "shop", aws.instance_profile(sandbox))
    aws.auto_scaling_group(sandbox, template, desired=3)
    reservations = sandbox.client("ec2").describe_instances()["Reservations"]
    used = {instance["SubnetId"] for reservation in reservations for instance in reservation["Instances"]}
    assert used == set(aws.subnets(sandbox))


def test_a_load_balancer_takes_a_moment_and_has_an_address_that_can_be_opened(sandbox: Sandbox) -> None:
    made = aws.load_balancer(sandbox, "Shop")
    elb = sandbox.client("elbv2")
    assert made["DNSName"] == f"shop.elb.localhost:{sandbox.world.server.server_port}"
    assert made["State"]["Code"] == "provisioning"
    sandbox.step(6)
    again = elb.describe_load_balancers(Names=["Shop"])["LoadBalancers"][0]
    assert (again["State"]["Code"], again["DNSName"]) == ("active", made["DNSName"])


def test_the_same_load_balancer_again_is_the_same_and_a_different_one_is_refused(sandbox: Sandbox) -> None:
    made = aws.load_balancer(sandbox)
    assert aws.load_balancer(sandbox)["LoadBalancerArn"] == made["LoadBalancerArn"]
    with pytest.raises(ClientError) as caught:
        sandbox.client("elbv2").create_load_balancer(Name="shop", Subnets=aws.subnets(sandbox)[1:])
    assert code_of(caught) == "DuplicateLoadBalancerName"


def test_the_policies_that_ecs_needs_can_be_attached(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam")
    iam.create_role(RoleName="ecsTaskExecutionRole", AssumeRolePolicyDocument="{}")
    policy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    iam.attach_role_policy(RoleName="ecsTaskExecutionRole", PolicyArn=policy)
    attached = iam.list_attached_role_policies(RoleName="ecsTaskExecutionRole")["AttachedPolicies"]
    assert [each["PolicyArn"] for each in attached] == [policy]


def test_a_group_is_not_made_twice(sandbox: Sandbox) -> None:
    template = aws.launch_template(sandbox, "shop", aws.instance_profile(sandbox))
    aws.auto_scaling_group(sandbox, template, desired=1)
    with pytest.raises(ClientError) as caught:
        aws.auto_scaling_group(sandbox, template, desired=1)
    assert code_of(caught) == "AlreadyExists"
    assert len(sandbox.client("ec2").describe_instances()["Reservations"]) == 1


def test_a_group_with_instances_is_only_deleted_by_force(sandbox: Sandbox) -> None:
    scaling = sandbox.client("autoscaling")
    template = aws.launch_template(sandbox, "shop", aws.instance_profile(sandbox))
    aws.auto_scaling_group(sandbox, template, desired=1)
    with pytest.raises(ClientError) as caught:
        scaling.delete_auto_scaling_group(AutoScalingGroupName=template)
    assert code_of(caught) == "ResourceInUse"
    scaling.delete_auto_scaling_group(AutoScalingGroupName=template, ForceDelete=True)
    [reservation] = sandbox.client("ec2").describe_instances()["Reservations"]
    assert reservation["Instances"][0]["State"]["Name"] == "terminated"


def test_a_security_group_in_use_is_not_deleted(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    group = ec2.create_security_group(GroupName="shop", Description="shop", VpcId=vpc)["GroupId"]
    interface = {"DeviceIndex": 0, "SubnetId": aws.subnets(sandbox)[0], "Groups": [group]}
    ids = aws.run_instances(sandbox, "shop", NetworkInterfaces=[interface])
    [reservation] = ec2.describe_instances()["Reservations"]
    assert [each["GroupId"] for each in reservation["Instances"][0]["SecurityGroups"]] == [group]
    with pytest.raises(ClientError) as caught:
        ec2.delete_security_group(GroupId=group)
    assert code_of(caught) == "DependencyViolation"
    ec2.terminate_instances(InstanceIds=ids)
    ec2.delete_security_group(GroupId=group)


def test_only_a_service_that_exists_becomes_a_scalable_target(sandbox: Sandbox) -> None:
    shop.site(sandbox, "shop/web:1")
    target = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
    scaling = sandbox.client("application-autoscaling")
    scaling.register_scalable_target(ResourceId="service/shop/web", MinCapacity=1, MaxCapacity=4, **target)
    with pytest.raises(ClientError) as caught:
        scaling.register_scalable_target(ResourceId="service/shop/lost", MinCapacity=1, MaxCapacity=4, **target)
    assert code_of(caught) == "ValidationException"


def test_all_instance_types_are_described_at_once_and_each_can_be_launched(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2")
    types = {each["InstanceType"]: each for each in ec2.describe_instance_types()["InstanceTypes"]}
    assert types["t3.medium"]["VCpuInfo"]["DefaultVCpus"] == 2
    assert types["t4g.small"]["ProcessorInfo"]["SupportedArchitectures"] == ["arm64"]
    offered = {each["InstanceType"] for each in ec2.describe_instance_type_offerings()["InstanceTypeOfferings"]}
    assert offered <= set(types)


@pytest.mark.parametrize(("age", "kept"), [(59, True), (61, False)])
def test_a_message_is_kept_as_long_as_its_queue_says(age: float, kept: bool) -> None:
    backend, message = SQSBackend(REGION, "123456789012"), Message("1", "hello")
    backend.create_queue("short", None, MessageRetentionPeriod="60")
    message.sent_timestamp = int((time.time() - age) * 1000)  # type: ignore[assignment]
    assert within_retention(backend, "short", message) is kept
