"""Fargate services behind a load balancer, made through the API."""

from typing import Any

from tests.sandbox import aws
from tests.sandbox.conftest import REGION, Sandbox

SETTLED = 240
"""Simulated seconds after which a service is steady and its targets healthy."""


def site(sandbox: Sandbox, image: str, **container: Any) -> str:
    """A service `web` of one task behind the load balancer `shop`; answers with its target group."""
    sandbox.client("ecs").create_cluster(clusterName="shop")
    group = aws.target_group(sandbox)
    aws.listener(sandbox, aws.load_balancer(sandbox)["LoadBalancerArn"], aws.forward(group))
    register(sandbox, "web", image, port=8080, **container)
    balancer = {"targetGroupArn": group, "containerName": "web", "containerPort": 8080}
    service(sandbox, "web", loadBalancers=[balancer])
    return group


def register(sandbox: Sandbox, family: str, image: str, port: int, **container: Any) -> str:
    options = {
        "awslogs-group": f"/ecs/{family}",
        "awslogs-create-group": "true",
        "awslogs-region": REGION,
        "awslogs-stream-prefix": "ecs",
    }
    whole = {
        "name": family,
        "image": image,
        "essential": True,
        "portMappings": [{"containerPort": port, "name": family}],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
        **container,
    }
    roles = [role["RoleName"] for role in sandbox.client("iam").list_roles()["Roles"]]
    if "ecsTaskExecutionRole" not in roles:
        sandbox.client("iam").create_role(RoleName="ecsTaskExecutionRole", AssumeRolePolicyDocument="{}")
    made = sandbox.client("ecs").register_task_definition(
        family=family,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn="arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
        containerDefinitions=[whole],
    )
    return str(made["taskDefinition"]["taskDefinitionArn"])


def service(sandbox: Sandbox, name: str, count: int = 1, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = sandbox.client("ecs").create_service(
        cluster="shop",
        serviceName=name,
        taskDefinition=name,
        desiredCount=count,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": aws.subnets(sandbox)}},
        **more,
    )["service"]
    return made


def tasks(sandbox: Sandbox, name: str) -> list[dict[str, Any]]:
    ecs = sandbox.client("ecs")
    arns = ecs.list_tasks(cluster="shop", serviceName=name)["taskArns"]
    found: list[dict[str, Any]] = ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"] if arns else []
    return found
