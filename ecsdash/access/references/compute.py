"""References of the calls of EC2 and EC2 Auto Scaling."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecsdash.access.permissions import Capability
from ecsdash.access.references import How, Reference, RequiredCapability, entry, thing

Params = Mapping[str, Any]
Named = Iterator[Reference | RequiredCapability]
ANYWHERE = {"0.0.0.0/0", "::/0"}  # addresses of security group rules


@entry("ec2.run_instances")
def run_instances(params: Params) -> Named:
    yield from _launch(params)


@entry("ec2.create_launch_template")
def create_launch_template(params: Params) -> Named:
    yield thing(How.CREATES, "launch_template", params["LaunchTemplateName"])
    yield from _launch(params["LaunchTemplateData"])


@entry("ec2.delete_launch_template")
def delete_launch_template(params: Params) -> Named:
    key = params.get("LaunchTemplateName") or params.get("LaunchTemplateId")
    yield thing(How.DELETES, "launch_template", key)


@entry("ec2.terminate_instances")
def terminate_instances(params: Params) -> Named:
    for instance in params["InstanceIds"]:
        yield thing(How.DELETES, "container_instance", instance)


@entry("ec2.create_security_group")
def create_security_group(params: Params) -> Named:
    yield thing(How.CREATES, "security_group", params["GroupName"])
    yield thing(How.USES, "vpc", params.get("VpcId"))


@entry("ec2.authorize_security_group_ingress")
def authorize_ingress(params: Params) -> Named:
    yield thing(How.CHANGES, "security_group", params["GroupId"])
    for permission in params["IpPermissions"]:
        open_to = {each.get("CidrIp") for each in permission.get("IpRanges", ())}
        open_to |= {each.get("CidrIpv6") for each in permission.get("Ipv6Ranges", ())}
        if open_to & ANYWHERE:
            yield RequiredCapability(
                Capability.PUBLIC_EXPOSURE, "A security group allows inbound traffic from every address."
            )
        for pair in permission.get("UserIdGroupPairs", ()):
            yield thing(How.USES, "security_group", pair.get("GroupId"))


@entry("ec2.revoke_security_group_ingress")
def revoke_ingress(params: Params) -> Named:
    yield thing(How.CHANGES, "security_group", params["GroupId"])


@entry("ec2.delete_security_group")
def delete_security_group(params: Params) -> Named:
    yield thing(How.DELETES, "security_group", params["GroupId"])


@entry("autoscaling.create_auto_scaling_group")
def create_auto_scaling_group(params: Params) -> Named:
    yield thing(How.CREATES, "auto_scaling_group", params["AutoScalingGroupName"])
    mixed = (params.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}
    template = params.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification") or {}
    yield thing(How.USES, "launch_template", template.get("LaunchTemplateId") or template.get("LaunchTemplateName"))
    for subnet in filter(None, params.get("VPCZoneIdentifier", "").split(",")):
        yield thing(How.USES, "subnet", subnet)


@entry("autoscaling.update_auto_scaling_group")
def update_auto_scaling_group(params: Params) -> Named:
    yield thing(How.CHANGES, "auto_scaling_group", params["AutoScalingGroupName"])


@entry("autoscaling.describe_auto_scaling_groups")
def describe_auto_scaling_groups(params: Params) -> Named:
    for name in params["AutoScalingGroupNames"]:
        yield thing(How.USES, "auto_scaling_group", name)


@entry("autoscaling.delete_auto_scaling_group")
def delete_auto_scaling_group(params: Params) -> Named:
    yield thing(How.DELETES, "auto_scaling_group", params["AutoScalingGroupName"])


@entry("autoscaling.terminate_instance_in_auto_scaling_group")
def terminate_in_group(params: Params) -> Named:
    yield thing(How.DELETES, "container_instance", params["InstanceId"])


def _launch(params: Params) -> Named:
    profile = params.get("IamInstanceProfile") or {}
    yield thing(How.PASSES, "instance_profile", profile.get("Arn") or profile.get("Name"))
    yield thing(How.USES, "key_pair", params.get("KeyName"))
    for disk in params.get("BlockDeviceMappings") or ():
        yield thing(How.USES, "kms_key", (disk.get("Ebs") or {}).get("KmsKeyId"))
    interfaces = params.get("NetworkInterfaces") or ()
    yield thing(How.USES, "subnet", params.get("SubnetId"))
    for each in interfaces:
        yield thing(How.USES, "subnet", each.get("SubnetId"))
    groups = [
        *(params.get("SecurityGroupIds") or ()),
        *(group for each in interfaces for group in each.get("Groups", ())),
    ]
    for group in groups:
        yield thing(How.USES, "security_group", group)
