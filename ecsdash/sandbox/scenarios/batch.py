"""A batch cluster on two EC2 instances: short scheduled tasks, and a service that needs more capacity than exists."""

import base64
from typing import Any

from ecsdash.sandbox.scenarios.base_resources import Network, log_group
from ecsdash.sandbox.scenarios.clients import Clients

_IMAGE = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
_INSTANCES = 2


def build(aws: Clients, network: Network) -> None:
    aws["ecs"].create_cluster(clusterName="batch", tags=[{"key": "team", "value": "analytics"}])
    provider = _capacity_provider(aws, _group(aws, network))
    aws["ecs"].put_cluster_capacity_providers(
        cluster="batch",
        capacityProviders=[provider],
        defaultCapacityProviderStrategy=[{"capacityProvider": provider, "weight": 1}],
    )
    _register(aws, "sales-report", "analytics/batch-report:3", cpu=256, memory=512)
    _register(aws, "render", "analytics/render:1.8", cpu=1536, memory=1024)
    for family in ("sales-report", "render"):
        log_group(aws, f"/ecs/batch/{family}")
    aws["ecs"].create_service(
        cluster="batch", serviceName="render", taskDefinition="render", desiredCount=_INSTANCES + 2, launchType="EC2"
    )


def _group(aws: Clients, network: Network) -> str:
    script = "#!/bin/bash\necho ECS_CLUSTER=batch >> /etc/ecs/ecs.config\n"
    data = {
        "ImageId": _IMAGE,
        "InstanceType": "t3.medium",
        "KeyName": "ops",
        "IamInstanceProfile": {"Name": "ecsInstanceRole"},
        "SecurityGroupIds": [network.task_group],
        "UserData": base64.b64encode(script.encode()).decode(),
    }
    aws["ec2"].create_launch_template(LaunchTemplateName="ecs-batch", LaunchTemplateData=data)
    scaling = aws["autoscaling"]
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="ecs-batch",
        LaunchTemplate={"LaunchTemplateName": "ecs-batch", "Version": "$Latest"},
        MinSize=0,
        MaxSize=_INSTANCES,
        DesiredCapacity=_INSTANCES,
        VPCZoneIdentifier=",".join(network.subnets),
        Tags=[{"Key": "AmazonECSManaged", "Value": "true", "PropagateAtLaunch": True}],
    )
    found = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["ecs-batch"])["AutoScalingGroups"]
    return str(found[0]["AutoScalingGroupARN"])


def _capacity_provider(aws: Clients, group_arn: str) -> str:
    scaling: dict[str, Any] = {"status": "ENABLED", "targetCapacity": 100}
    answer = aws["ecs"].create_capacity_provider(
        name="batch-ec2", autoScalingGroupProvider={"autoScalingGroupArn": group_arn, "managedScaling": scaling}
    )
    return str(answer["capacityProvider"]["name"])


def _register(aws: Clients, family: str, image: str, cpu: int, memory: int) -> None:
    options = {
        "awslogs-group": f"/ecs/batch/{family}",
        "awslogs-region": aws["ecs"].meta.region_name,
        "awslogs-stream-prefix": "ecs",
    }
    aws["ecs"].register_task_definition(
        family=family,
        requiresCompatibilities=["EC2"],
        executionRoleArn=f"arn:aws:iam::{aws.account}:role/ecsTaskExecutionRole",
        containerDefinitions=[
            {
                "name": family,
                "image": image,
                "cpu": cpu,
                "memory": memory,
                "essential": True,
                "logConfiguration": {"logDriver": "awslogs", "options": options},
            }
        ],
    )
