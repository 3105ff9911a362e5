"""A shop on Fargate: a site behind a load balancer, a service that is deployed repeatedly, a service that crashes."""

from typing import Any

from ecsdash.sandbox.scenarios.base_resources import Network, log_group
from ecsdash.sandbox.scenarios.clients import Clients

_TAGS = [{"key": "team", "value": "shop"}, {"key": "environment", "value": "production"}]


def build(aws: Clients, network: Network) -> None:
    _cluster(aws, "shop")
    for family, image, port in (
        ("web", "shop/web:5.1.0", 8080),
        ("checkout", "shop/checkout:2.3.0", 8080),
        ("checkout", "shop/checkout:2.4.0", 8080),
        ("worker", "shop/worker:crash", None),
    ):
        _register(aws, family, image, port)
    for family in ("web", "checkout", "worker"):
        log_group(aws, f"/ecs/shop/{family}")
    _service(aws, network, "web", "web", 3, loadBalancers=[_behind_balancer(aws, network)])
    _service(aws, network, "checkout", "checkout:1", 2)
    _service(aws, network, "worker", "worker", 1)
    _scale_by_cpu(aws, "service/shop/web", least=2, most=8)


def build_edge(aws: Clients, network: Network) -> None:
    """Create the cluster of the second region, with the same settings and one small service."""
    _cluster(aws, "edge")
    _register(aws, "static", "public.ecr.aws/nginx/nginx:1.27", 8080)
    log_group(aws, "/ecs/shop/static")
    _service(aws, network, "static", "static", 1, cluster="edge")


def build_staging(aws: Clients, network: Network) -> None:
    """Create the staging cluster of the second account."""
    _cluster(aws, "staging")
    for family, image in (("web", "shop/web:5.2.0"), ("checkout", "shop/checkout:2.5.0")):
        _register(aws, family, image, 8080)
        log_group(aws, f"/ecs/shop/{family}")
        _service(aws, network, family, family, 1, cluster="staging")


def _scale_by_cpu(aws: Clients, service: str, least: int, most: int) -> None:
    scaling = aws["application-autoscaling"]
    target = {"ServiceNamespace": "ecs", "ResourceId": service, "ScalableDimension": "ecs:service:DesiredCount"}
    scaling.register_scalable_target(**target, MinCapacity=least, MaxCapacity=most)
    metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    scaling.put_scaling_policy(
        **target,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={"TargetValue": 60, "PredefinedMetricSpecification": metric},
    )


def _cluster(aws: Clients, name: str) -> None:
    aws["ecs"].create_cluster(
        clusterName=name,
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1, "base": 1}],
        settings=[{"name": "containerInsights", "value": "enabled"}],
        tags=_TAGS,
    )


def _register(aws: Clients, family: str, image: str, port: int | None) -> None:
    region, roles = aws.region, f"arn:aws:iam::{aws.account}:role"
    container: dict[str, Any] = {
        "name": family,
        "image": image if image.startswith("public.") else f"{aws.account}.dkr.ecr.{region}.amazonaws.com/{image}",
        "essential": True,
        "environment": [{"name": "STAGE", "value": "production"}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": f"/ecs/shop/{family}",
                "awslogs-region": region,
                "awslogs-stream-prefix": "ecs",
            },
        },
    }
    if port:
        container["portMappings"] = [{"containerPort": port, "protocol": "tcp", "name": "http"}]
    aws["ecs"].register_task_definition(
        family=family,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=f"{roles}/ecsTaskExecutionRole",
        taskRoleArn=f"{roles}/shopTaskRole",
        containerDefinitions=[container],
        tags=_TAGS,
    )


def _service(
    aws: Clients, network: Network, name: str, definition: str, count: int, cluster: str = "shop", **more: Any
) -> None:
    placement = {"subnets": network.subnets, "securityGroups": [network.task_group], "assignPublicIp": "ENABLED"}
    aws["ecs"].create_service(
        cluster=cluster,
        serviceName=name,
        taskDefinition=definition,
        desiredCount=count,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": placement},
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": name != "worker", "rollback": True}},
        tags=_TAGS,
        propagateTags="SERVICE",
        **more,
    )


def _behind_balancer(aws: Clients, network: Network) -> dict[str, Any]:
    elb = aws["elbv2"]
    groups = [network.balancer_group]
    balancer = elb.create_load_balancer(Name="shop", Subnets=network.subnets, SecurityGroups=groups)
    group = elb.create_target_group(
        Name="shop-web", Protocol="HTTP", Port=8080, VpcId=network.vpc, TargetType="ip", HealthCheckPath="/healthz"
    )["TargetGroups"][0]["TargetGroupArn"]
    elb.modify_target_group_attributes(
        TargetGroupArn=group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
    )
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    return {"targetGroupArn": group, "containerName": "web", "containerPort": 8080}
