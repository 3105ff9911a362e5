"""Private addresses: none has two holders, and a released one is used again as late as possible."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ecsdash.sandbox.world import World
from tests.sandbox import aws, shop
from tests.sandbox.conftest import REGION, Sandbox

SIZE = 11
"""Addresses in a subnet of 16: AWS reserves five."""


def small_subnet(sandbox: Sandbox) -> str:
    vpc = sandbox.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    made = sandbox.client("ec2").create_subnet(VpcId=vpc, CidrBlock="172.31.250.0/28", AvailabilityZone=f"{REGION}a")
    return str(made["Subnet"]["SubnetId"])


def interface(sandbox: Sandbox, subnet: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = sandbox.client("ec2").create_network_interface(SubnetId=subnet, **more)
    return dict(made["NetworkInterface"])


def addresses(sandbox: Sandbox) -> list[str]:
    """Return every private address of every interface."""
    found = sandbox.client("ec2").describe_network_interfaces()["NetworkInterfaces"]
    return [entry["PrivateIpAddress"] for each in found for entry in each["PrivateIpAddresses"]]


def test_an_interface_without_a_wish_gets_a_free_address_of_its_subnet_until_there_is_none(sandbox: Sandbox) -> None:
    subnet = small_subnet(sandbox)
    taken = [interface(sandbox, subnet)["PrivateIpAddress"] for _ in range(SIZE)]
    assert taken == [f"172.31.250.{number}" for number in range(4, 15)]
    with pytest.raises(ClientError, match="InsufficientFreeAddressesInSubnet"):
        interface(sandbox, subnet)


def test_an_address_is_refused_while_it_is_in_use_or_outside_of_the_subnet(sandbox: Sandbox) -> None:
    subnet = small_subnet(sandbox)
    first = interface(sandbox, subnet, PrivateIpAddress="172.31.250.9")
    with pytest.raises(ClientError, match=r"InvalidIPAddress\.InUse"):
        interface(sandbox, subnet, PrivateIpAddress="172.31.250.9")
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        interface(sandbox, subnet, PrivateIpAddress="10.0.0.9")
    sandbox.client("ec2").delete_network_interface(NetworkInterfaceId=first["NetworkInterfaceId"])
    assert interface(sandbox, subnet, PrivateIpAddress="172.31.250.9")["PrivateIpAddress"] == "172.31.250.9"


def test_a_released_address_is_used_again_after_all_others(sandbox: Sandbox) -> None:
    subnet, ec2 = small_subnet(sandbox), sandbox.client("ec2")
    first, second = interface(sandbox, subnet), interface(sandbox, subnet)
    for each in (second, first):
        ec2.delete_network_interface(NetworkInterfaceId=each["NetworkInterfaceId"])
    later = [interface(sandbox, subnet)["PrivateIpAddress"] for _ in range(SIZE)]
    assert later[-2:] == [second["PrivateIpAddress"], first["PrivateIpAddress"]]
    assert len(set(later)) == SIZE


def test_tasks_instances_and_interfaces_share_no_address(sandbox: Sandbox) -> None:
    subnet, ec2 = small_subnet(sandbox), sandbox.client("ec2")
    sandbox.client("ecs").create_cluster(clusterName="shop")
    shop.register(sandbox, "web", "shop/web:1", port=8080)
    network = {"awsvpcConfiguration": {"subnets": [subnet]}}
    run = {"cluster": "shop", "taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": network}
    sandbox.client("ecs").run_task(**run, count=2)
    [instance] = aws.run_instances(sandbox, "shop", SubnetId=subnet)
    interface(sandbox, subnet, SecondaryPrivateIpAddressCount=1)
    sandbox.step(60)
    held = [each for each in addresses(sandbox) if each.startswith("172.31.250.")]
    assert len(set(held)) == len(held) == 5
    ec2.terminate_instances(InstanceIds=[instance])
    sandbox.client("ecs").run_task(**run, count=5)
    sandbox.step(60)
    held = [each for each in addresses(sandbox) if each.startswith("172.31.250.")]
    assert len(set(held)) == len(held) == 9


def test_secondary_addresses_are_given_once_and_given_back(sandbox: Sandbox) -> None:
    subnet, ec2 = small_subnet(sandbox), sandbox.client("ec2")
    one = interface(sandbox, subnet)["NetworkInterfaceId"]
    ec2.assign_private_ip_addresses(NetworkInterfaceId=one, SecondaryPrivateIpAddressCount=SIZE - 1)
    assert len(set(addresses(sandbox))) == SIZE
    with pytest.raises(ClientError, match="InsufficientFreeAddressesInSubnet"):
        interface(sandbox, subnet)
    ec2.unassign_private_ip_addresses(NetworkInterfaceId=one, PrivateIpAddresses=["172.31.250.8"])
    assert interface(sandbox, subnet)["PrivateIpAddress"] == "172.31.250.8"


def test_an_instance_without_a_subnet_gets_an_address_of_a_default_subnet(sandbox: Sandbox) -> None:
    sandbox.client("ecs").create_cluster(clusterName="shop")
    aws.run_instances(sandbox, "shop", MinCount=3, MaxCount=3)
    held = addresses(sandbox)
    assert len(set(held)) == 3
    assert all(each.startswith("172.31.") for each in held)


def test_addresses_stay_unique_after_a_restart(tmp_path: Path, sandbox: Sandbox) -> None:
    world = World(speed=0, state_file=tmp_path / "state")
    world.start()
    first = Sandbox(world)
    subnet = small_subnet(first)
    before = [interface(first, subnet)["PrivateIpAddress"] for _ in range(4)]
    world.stop()
    World(speed=0).reset()
    world = World(speed=0, state_file=tmp_path / "state")
    world.start()
    second = Sandbox(world)
    after = [interface(second, subnet)["PrivateIpAddress"] for _ in range(SIZE - 4)]
    assert len({*before, *after}) == SIZE
    world.stop()
