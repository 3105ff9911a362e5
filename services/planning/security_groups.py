"""Steps of a new security group of the tasks of a service."""

from collections.abc import Mapping
from typing import Any

from ecsdash.operations.plan import Repeat, Step
from ecsdash.operations.refs import STEP_ID, STEP_TAG, ref
from services.selectors.load_balancers import SERVICE_TAG

CALLS = ("ec2.create_security_group", "ec2.authorize_security_group_ingress")
NEW_GROUP = ref("security_group.GroupId")


def group_steps(data: Mapping[str, Any], owner: str) -> tuple[Step, ...]:
    """Return the steps for the cleaned form; none if it creates no group. `owner` is "cluster/service"."""
    if not data.get("new_group"):
        return ()
    tags = [{"Key": SERVICE_TAG, "Value": owner}, {"Key": STEP_TAG, "Value": STEP_ID}]
    create = Step(
        "security_group",
        f"Create the security group {data['new_group_name']}",
        call="ec2.create_security_group",
        params={
            "GroupName": data["new_group_name"],
            "Description": f"Tasks of the service {owner}",
            "VpcId": data["new_group_vpc"],
            "TagSpecifications": [{"ResourceType": "security-group", "Tags": tags}],
        },
        repeat=Repeat.LOOKUP,
        lookup="security_group_of_step",
    )
    if not data["new_group_rules"]:
        return (create,)
    allow = Step(
        "security_group_rules",
        "Allow inbound traffic to the tasks",
        call="ec2.authorize_security_group_ingress",
        params={"GroupId": NEW_GROUP, "IpPermissions": data["new_group_rules"]},
        tolerate=("InvalidPermission.Duplicate",),
    )
    return create, allow


def with_new_group(document: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with the new security group beside those that it names."""
    if not data.get("new_group"):
        return dict(document)
    network = document.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    groups = [*network.get("securityGroups", []), NEW_GROUP]
    return {**document, "networkConfiguration": {"awsvpcConfiguration": {**network, "securityGroups": groups}}}
