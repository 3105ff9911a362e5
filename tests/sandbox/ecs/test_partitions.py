"""ARNs of the regions of China and of the US government."""

import pytest

from tests.sandbox.conftest import Sandbox


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_a_service_runs_with_the_arns_of_its_partition(sandbox: Sandbox, region: str, partition: str) -> None:
    ecs, iam, ec2 = (sandbox.client(service, region) for service in ("ecs", "iam", "ec2"))
    cluster = ecs.create_cluster(clusterName="shop")["cluster"]["clusterArn"]
    assert cluster == f"arn:{partition}:ecs:{region}:123456789012:cluster/shop"
    role = iam.create_role(RoleName="ecsTaskExecutionRole", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    assert role.startswith(f"arn:{partition}:iam::")
    definition = ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=role,
        containerDefinitions=[{"name": "web", "image": "nginx"}],
    )["taskDefinition"]["taskDefinitionArn"]
    ecs.create_service(
        cluster=cluster,
        serviceName="web",
        taskDefinition=definition,
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {"subnets": [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]]}
        },
    )
    sandbox.step(60)
    [arn] = ecs.list_tasks(cluster=cluster, serviceName="web")["taskArns"]
    [task] = ecs.describe_tasks(cluster=cluster, tasks=[arn])["tasks"]
    assert task["lastStatus"] == "RUNNING"
    assert arn.startswith(f"arn:{partition}:ecs:{region}:")
    assert sandbox.client("sts", region).get_caller_identity()["Arn"].startswith(f"arn:{partition}:sts::")
