"""Builders of services, and services that ECS takes."""

from typing import Any

from tests.services.definitions import ROLE, container, fargate

Document = dict[str, Any]
TARGETS = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/0123456789abcdef"
OTHER_TARGETS = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/green/0123456789abcdef"
RULE = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/web/0123/4567/89ab"
REGISTRY = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"
FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:check"
LATTICE = "arn:aws:vpc-lattice:eu-central-1:123456789012:targetgroup/tg-1"
WEB = container(portMappings=[{"containerPort": 80, "name": "http"}, {"containerPortRange": "8000-8010"}])
AWSVPC = fargate(WEB, requiresCompatibilities=["EC2", "FARGATE"], taskRoleArn=ROLE)
BRIDGE = {"family": "web", "containerDefinitions": [WEB]}
WITH_VOLUME = {**BRIDGE, "volumes": [{"name": "data", "configuredAtLaunch": True}]}
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
BALANCER = {"targetGroupArn": TARGETS, "containerName": "web", "containerPort": 80}
ADVANCED = {"alternateTargetGroupArn": OTHER_TARGETS, "productionListenerRule": RULE, "roleArn": ROLE}
SHIFTED = {"loadBalancers": [{**BALANCER, "advancedConfiguration": ADVANCED}]}


def service(**more: Any) -> Document:
    """A service on instances without a network interface of its own."""
    return {
        "serviceName": "web",
        "taskDefinition": "web:1",
        "desiredCount": 2,
        "deploymentConfiguration": BREAKER,
    } | more


def deployed(_strategy: str = "ROLLING", **more: Any) -> Document:
    return {"deploymentConfiguration": {**BREAKER, "strategy": _strategy, **more}}


def strategy(*items: tuple[str, int, int]) -> Document:
    return {"capacityProviderStrategy": [{"capacityProvider": p, "weight": w, "base": b} for p, w, b in items]}


def connect(*services: Document, **more: Any) -> Document:
    return {"serviceConnectConfiguration": {"enabled": True, "services": list(services), **more}}


def ebs(**more: Any) -> Document:
    return {"volumeConfigurations": [{"name": "data", "managedEBSVolume": {"roleArn": ROLE, "sizeInGiB": 20, **more}}]}


def hook(**more: Any) -> Document:
    stages = {"lifecycleStages": ["POST_SCALE_UP"]}
    return SHIFTED | deployed("BLUE_GREEN", bakeTimeInMinutes=5, lifecycleHooks=[{**stages, **more}])


TAKEN: dict[str, tuple[Document, Document | None]] = {
    "a service on instances": (service(launchType="EC2"), BRIDGE),
    "a service on Fargate": (service(launchType="FARGATE", networkConfiguration=NETWORK), AWSVPC),
    "a service of an unknown definition": (service(networkConfiguration=NETWORK), None),
    "no launch type": (service(), BRIDGE),
    "a strategy": (
        service(**strategy(("FARGATE", 1, 1), ("FARGATE_SPOT", 4, 0)), networkConfiguration=NETWORK), AWSVPC),
    "one provider of weight 0": (service(**strategy(("asg", 0, 0))), BRIDGE),
    "the ARN of a task definition": (
        service(taskDefinition="arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1"), BRIDGE),
    "the latest revision": (service(taskDefinition="web"), BRIDGE),
    "a daemon": (service(schedulingStrategy="DAEMON", desiredCount=None), BRIDGE),
    "nothing running": (service(desiredCount=0), BRIDGE),
    "null for a load balancer": (service(loadBalancers=None, role=None), BRIDGE),
    "two target groups": (service(loadBalancers=[BALANCER, {**BALANCER, "targetGroupArn": OTHER_TARGETS}]), BRIDGE),
    "a port of a range": (service(loadBalancers=[{**BALANCER, "containerPort": 8005}]), BRIDGE),
    "a role of a load balancer": (service(loadBalancers=[BALANCER], role="ecsServiceRole"), BRIDGE),
    "100 and 100 percent of a canary": (
        service(**SHIFTED, **deployed("CANARY", minimumHealthyPercent=100, maximumPercent=100)), BRIDGE),
    "0 and 100 percent": (service(**deployed(minimumHealthyPercent=0, maximumPercent=100)), BRIDGE),
    "a canary": (service(**SHIFTED, **deployed("CANARY", canaryConfiguration={"canaryPercent": 0.1})), BRIDGE),
    "steps": (service(**SHIFTED, **deployed("LINEAR", linearConfiguration={"stepPercent": 33.3})), BRIDGE),
    "a blue/green deployment of a worker": (service(**deployed("BLUE_GREEN", bakeTimeInMinutes=0)), BRIDGE),
    "a pause": (service(**hook(targetType="PAUSE")), BRIDGE),
    "a function": (service(**hook(hookTargetArn=FUNCTION, roleArn=ROLE, hookDetails={"any": ["json"]})), BRIDGE),
    "Service Connect": (service(**connect({"portName": "http", "clientAliases": [{"port": 80, "dnsName": "web"}]})),
                        BRIDGE),
    "Service Connect as a client": (service(**connect()), BRIDGE),
    "a volume": (service(**ebs(volumeType="gp3", throughput=250, iops=3000)), WITH_VOLUME),
    "a volume of a snapshot": (service(**ebs(sizeInGiB=None, snapshotId="snap-1")), WITH_VOLUME),
    "50 tags": (service(tags=[{"key": f"k{n}"} for n in range(50)]), BRIDGE),
    "CodeDeploy": (service(loadBalancers=[BALANCER], deploymentController={"type": "CODE_DEPLOY"},
                           deploymentConfiguration=None), BRIDGE),
    "an external controller": (service(taskDefinition=None, deploymentController={"type": "EXTERNAL"},
                                       deploymentConfiguration=None), None),
    "VPC Lattice": (
        service(vpcLatticeConfigurations=[{"portName": "http", "roleArn": ROLE, "targetGroupArn": LATTICE}]), BRIDGE),
}  # fmt: skip
