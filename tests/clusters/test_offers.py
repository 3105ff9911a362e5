"""The options and the initial values of forms."""

import re
from typing import Any

import pytest
from django.utils import timezone

from clusters.actions.launch_container_instances import LaunchContainerInstancesForm
from clusters.models import Cluster, SecurityGroup, Subnet, Vpc
from ecsdash.access.models import User
from ecsdash.inventory.models import SweepState
from ecsdash.operations.actions import ActionContext, as_query
from tests.clusters.world import Desk
from tests.operations import drive

pytestmark = pytest.mark.usefixtures("shop")


def form(desk: Desk, user: User, data: dict[str, Any] | None = None) -> LaunchContainerInstancesForm:
    context = ActionContext(desk.scope, user, Cluster.objects.get(name="shop"))
    return LaunchContainerInstancesForm(as_query(data) if data else None, context=context)


def preselected(desk: Desk, user: User) -> tuple[list[str], list[str]]:
    unbound = form(desk, user)
    return unbound["subnets"].value(), unbound["security_groups"].value()


def swept(desk: Desk, error: str = "") -> None:
    place = {"account": desk.scope.account, "region": desk.scope.region}
    SweepState.objects.create(noun="subnets", completed_at=timezone.now(), error_code=error, error=error, **place)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("", "subnet-gone does not exist in demo / eu-central-1, or you may not use this subnet."),
        ("AccessDenied", "subnet-gone is unknown: AWS refused to list the subnets (AccessDenied)."),
    ],
)
def test_other_values_are_refused_with_the_reason(desk: Desk, operator: User, error: str, reason: str) -> None:
    swept(desk, error)
    refused = form(desk, operator, {**desk.launch_data(), "number": 1, "subnets": ["subnet-a", "subnet-gone"]})

    assert refused.errors["subnets"] == [f"{reason} Choose from the list."]
    assert "subnet-gone" not in str(refused["subnets"])


def test_deleted_rows_and_rows_of_other_regions_are_no_options(desk: Desk, operator: User) -> None:
    Subnet.objects.filter(name="subnet-b").update(gone_at=timezone.now())
    desk.row(Subnet, "subnet-elsewhere", region="us-east-1")

    assert re.findall(r'value="(subnet-\w+)"', str(form(desk, operator)["subnets"])) == ["subnet-a"]


def test_labels_name_the_vpc_only_if_there_are_several(desk: Desk, operator: User) -> None:
    assert "vpc-1" not in str(form(desk, operator)["subnets"])
    desk.row(Subnet, "subnet-far", vpc_id="vpc-2", availability_zone="eu-central-1a")
    assert "vpc-1" in str(form(desk, operator)["subnets"])


def test_the_default_vpcs_public_subnets_and_its_default_group_are_preselected(desk: Desk, operator: User) -> None:
    desk.row(Vpc, "vpc-2")
    desk.row(Vpc, "vpc-1", is_default=True)
    desk.row(Subnet, "subnet-far", vpc_id="vpc-2", availability_zone="eu-central-1a", public=True)
    desk.row(Subnet, "subnet-private", vpc_id="vpc-1", availability_zone="eu-central-1a")
    desk.row(SecurityGroup, "sg-default", vpc_id="vpc-1", label="default")

    assert preselected(desk, operator) == (["subnet-a", "subnet-b"], ["sg-default"])


def test_nothing_is_preselected_without_a_default_or_only_vpc(desk: Desk, operator: User) -> None:
    desk.row(Subnet, "subnet-far", vpc_id="vpc-2", availability_zone="eu-central-1a", public=True)

    assert preselected(desk, operator) == ([], [])


def test_the_last_selection_of_the_user_in_the_cluster_is_preselected(desk: Desk, operator: User, viewer: User) -> None:
    data = {**desk.launch_data(), "number": 1, "subnets": ["subnet-b"]}
    drive.start("launch_container_instances", operator, desk.scope, desk.place(cluster="shop"), data)

    assert preselected(desk, operator) == (["subnet-b"], ["sg-1"])
    assert preselected(desk, viewer)[0] == ["subnet-a", "subnet-b"]
    Subnet.objects.filter(name="subnet-b").update(gone_at=timezone.now())
    assert preselected(desk, operator)[0] == ["subnet-a"]


def test_the_selection_in_another_cluster_is_not_preselected(desk: Desk, operator: User) -> None:
    desk.row(Cluster, "other", status="ACTIVE")
    data = {**desk.launch_data(), "number": 1, "subnets": ["subnet-b"]}
    drive.start("launch_container_instances", operator, desk.scope, desk.place(cluster="other"), data)

    assert preselected(desk, operator)[0] == ["subnet-a", "subnet-b"]
