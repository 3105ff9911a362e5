"""A service that CodeDeploy deploys, with its pair of target groups, made through the API."""

from typing import Any

from tests.sandbox import aws, shop
from tests.sandbox.conftest import Sandbox

APPLICATION, GROUP = "AppECS-shop-web", "DgpECS-shop-web"
"""As the AWS CLI names them by itself."""


def site(sandbox: Sandbox, config: str = "CodeDeployDefault.ECSAllAtOnce") -> tuple[str, str, str]:
    """The service `web` of two tasks in the cluster `shop`; its listener, blue and green target groups."""
    blue, green = aws.target_group(sandbox, "blue"), aws.target_group(sandbox, "green")
    listener = aws.listener(sandbox, aws.load_balancer(sandbox)["LoadBalancerArn"], aws.forward(blue))
    shop.service(
        sandbox,
        "web",
        count=2,
        loadBalancers=[{"targetGroupArn": blue, "containerName": "web", "containerPort": 8080}],
        deploymentController={"type": "CODE_DEPLOY"},
    )
    client = sandbox.client("codedeploy")
    client.create_application(applicationName=APPLICATION, computePlatform="ECS")
    pair = {"targetGroups": [{"name": "blue"}, {"name": "green"}], "prodTrafficRoute": {"listenerArns": [listener]}}
    client.create_deployment_group(
        applicationName=APPLICATION,
        deploymentGroupName=GROUP,
        deploymentConfigName=config,
        serviceRoleArn="arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
        ecsServices=[{"serviceName": "web", "clusterName": "shop"}],
        loadBalancerInfo={"targetGroupPairInfoList": [pair]},
        deploymentStyle={"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
        blueGreenDeploymentConfiguration={
            "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT", "waitTimeInMinutes": 0},
            "terminateBlueInstancesOnDeploymentSuccess": {"action": "TERMINATE", "terminationWaitTimeInMinutes": 0},
        },
    )
    return listener, blue, green


def appspec(definition: str) -> str:
    return (
        "version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n"
        f"        TaskDefinition: {definition}\n"
        "        LoadBalancerInfo:\n          ContainerName: web\n          ContainerPort: 8080\n"
    )


def deploy(sandbox: Sandbox, content: str) -> str:
    revision = {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}}
    client = sandbox.client("codedeploy")
    made = client.create_deployment(applicationName=APPLICATION, deploymentGroupName=GROUP, revision=revision)
    return str(made["deploymentId"])


def state(sandbox: Sandbox, deployment: str) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.client("codedeploy").get_deployment(deploymentId=deployment)["deploymentInfo"]
    return found
