"""Routes to registries and mount targets of file systems, as tasks need them."""

from typing import Any

from ecsdash.sandbox.scope import Scope
from tests.sandbox import aws
from tests.sandbox.conftest import REGION, Sandbox

HERE = Scope("123456789012", REGION)
PUBLIC_IMAGE = "nginx:1.27"
OWN_IMAGE = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/web:1"


def private_subnet(sandbox: Sandbox) -> tuple[str, str, str]:
    """A VPC without routes: (VPC, subnet, its main route table)."""
    ec2 = sandbox.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    return vpc, subnet, tables[0]["RouteTableId"]


def reaches(sandbox: Sandbox, image: str, subnet: str, public_ip: bool = False) -> bool:
    return sandbox.world.aws.reaches_registry(HERE, image, subnet, public_ip=public_ip)


def problem(sandbox: Sandbox, subnet: str, interface: str = "", **volume: Any) -> str:
    return sandbox.world.aws.mount_problem(HERE, volume, subnet, interface)


def test_an_internet_gateway_needs_a_public_address_and_a_nat_gateway_none(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2")
    vpc, subnet, table = private_subnet(sandbox)
    assert not reaches(sandbox, PUBLIC_IMAGE, subnet, public_ip=True)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    assert reaches(sandbox, PUBLIC_IMAGE, subnet, public_ip=True)
    assert not reaches(sandbox, PUBLIC_IMAGE, subnet)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    assert reaches(sandbox, PUBLIC_IMAGE, subnet)
    assert reaches(sandbox, PUBLIC_IMAGE, aws.subnets(sandbox)[0])


def test_vpc_endpoints_are_enough_for_a_private_repository(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2")
    vpc, subnet, _ = private_subnet(sandbox)
    assert not reaches(sandbox, OWN_IMAGE, subnet)
    for name in ("ecr.api", "ecr.dkr", "s3"):
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.{name}")
    assert reaches(sandbox, OWN_IMAGE, subnet)
    assert not reaches(sandbox, PUBLIC_IMAGE, subnet)


def test_a_file_system_needs_a_mount_target_that_the_task_may_reach(sandbox: Sandbox) -> None:
    efs, ec2 = sandbox.client("efs"), sandbox.client("ec2")
    subnet = aws.subnets(sandbox)[0]
    vpc = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]
    files = efs.create_file_system(CreationToken="files")["FileSystemId"]
    assert "Failed to resolve" in problem(sandbox, subnet, fileSystemId=files)
    group = ec2.create_security_group(GroupName="files", Description="files", VpcId=vpc)["GroupId"]
    efs.create_mount_target(FileSystemId=files, SubnetId=subnet, SecurityGroups=[group])
    assert problem(sandbox, subnet, fileSystemId=files) == ""
    task = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    assert "timed out" in problem(sandbox, subnet, task, fileSystemId=files)
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    assert problem(sandbox, subnet, task, fileSystemId=files) == ""
    assert "access denied" in problem(
        sandbox, subnet, task, fileSystemId=files, authorizationConfig={"accessPointId": "fsap-none"}
    )
