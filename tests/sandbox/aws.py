"""Things that several tests need in the simulated AWS, made through its API."""

import base64
from typing import Any

from tests.sandbox.conftest import Sandbox

AMI_PARAMETER = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"


def image_id(sandbox: Sandbox) -> str:
    answer = sandbox.client("ssm").get_parameters(Names=[f"{AMI_PARAMETER}/image_id"])
    return str(answer["Parameters"][0]["Value"])


def instance_profile(sandbox: Sandbox, name: str = "ecsInstanceRole") -> str:
    iam = sandbox.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return name


def user_data(cluster: str) -> str:
    return f"#!/bin/bash\necho ECS_CLUSTER={cluster} >> /etc/ecs/ecs.config\n"


def run_instances(sandbox: Sandbox, cluster: str, **more: Any) -> list[str]:
    launch = {"ImageId": image_id(sandbox), "InstanceType": "t3.medium", "MinCount": 1, "MaxCount": 1}
    launch |= {"UserData": user_data(cluster)} | more
    return [each["InstanceId"] for each in sandbox.client("ec2").run_instances(**launch)["Instances"]]


def launch_template(sandbox: Sandbox, cluster: str, profile: str, **more: Any) -> str:
    data: dict[str, Any] = {
        "ImageId": f"resolve:ssm:{AMI_PARAMETER}/image_id",
        "InstanceType": "t3.medium",
        "IamInstanceProfile": {"Name": profile},
        "UserData": base64.b64encode(user_data(cluster).encode()).decode(),
        **more,
    }
    sandbox.client("ec2").create_launch_template(LaunchTemplateName=f"ecs-{cluster}", LaunchTemplateData=data)
    return f"ecs-{cluster}"


def auto_scaling_group(sandbox: Sandbox, template: str, desired: int, maximum: int = 5) -> str:
    scaling = sandbox.client("autoscaling")
    scaling.create_auto_scaling_group(
        AutoScalingGroupName=template,
        LaunchTemplate={"LaunchTemplateName": template, "Version": "$Latest"},
        MinSize=0,
        MaxSize=maximum,
        DesiredCapacity=desired,
        VPCZoneIdentifier=",".join(subnets(sandbox)),
    )
    found = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[template])["AutoScalingGroups"]
    return str(found[0]["AutoScalingGroupARN"])


def subnets(sandbox: Sandbox) -> list[str]:
    return [each["SubnetId"] for each in sandbox.client("ec2").describe_subnets()["Subnets"]]


def container_instances(sandbox: Sandbox, cluster: str) -> list[dict[str, Any]]:
    ecs = sandbox.client("ecs")
    arns = ecs.list_container_instances(cluster=cluster)["containerInstanceArns"]
    if not arns:
        return []
    found: list[dict[str, Any]] = ecs.describe_container_instances(cluster=cluster, containerInstances=arns)[
        "containerInstances"
    ]
    return found


def load_balancer(sandbox: Sandbox, name: str = "shop") -> dict[str, Any]:
    balancers = sandbox.client("elbv2").create_load_balancer(Name=name, Subnets=subnets(sandbox)[:2])
    found: dict[str, Any] = balancers["LoadBalancers"][0]
    return found


def target_group(sandbox: Sandbox, name: str = "web", kind: str = "ip") -> str:
    vpc = sandbox.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    made = sandbox.client("elbv2").create_target_group(
        Name=name, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType=kind
    )
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def listener(sandbox: Sandbox, balancer_arn: str, *actions: dict[str, Any]) -> str:
    made = sandbox.client("elbv2").create_listener(
        LoadBalancerArn=balancer_arn, Protocol="HTTP", Port=80, DefaultActions=list(actions)
    )
    return str(made["Listeners"][0]["ListenerArn"])


def forward(arn: str) -> dict[str, Any]:
    return {"Type": "forward", "TargetGroupArn": arn}
