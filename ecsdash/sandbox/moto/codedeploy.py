"""CodeDeploy's deployments of ECS services: they start, shift traffic, and end with the service deployment."""

import re
from typing import Any

from moto.codedeploy.models import DeploymentGroup, codedeploy_backends
from moto.elbv2.models import elbv2_backends

from ecsdash.sandbox.ecs import EcsControlPlane, EcsError
from ecsdash.sandbox.moto.models.codedeploy import SandboxDeployment, Target, target_of
from ecsdash.sandbox.scope import Scope

_TIMED_OUT = 3600.0
"""Seconds in which the replacement task set must become healthy."""
_SHIFT = re.compile(r"ECS(Linear|Canary)(\d+)Percent(?:Every)?(\d+)Minutes")
_SHOWN = {"SUCCESSFUL": "Succeeded", "STOPPED": "Stopped", "ROLLBACK_SUCCESSFUL": "Failed", "ROLLBACK_FAILED": "Failed"}
Json = dict[str, Any]


class CodeDeploy:
    def __init__(self, plane: EcsControlPlane) -> None:
        self._plane = plane

    def advance(self, now: float) -> None:
        for account, regions in list(codedeploy_backends.items()):
            for region, backend in list(regions.items()):
                for deployment in backend.deployments.values():
                    if isinstance(deployment, SandboxDeployment) and deployment.application.compute_platform == "ECS":
                        self._move(Scope(account, region), deployment)

    def _move(self, scope: Scope, deployment: SandboxDeployment) -> None:
        if deployment.status == "Created":
            self._begin(scope, deployment)
        elif deployment.status == "InProgress":
            self._follow(scope, deployment)

    def _begin(self, scope: Scope, deployment: SandboxDeployment) -> None:
        group = deployment.deployment_group
        deployment.status, deployment.start_time = "InProgress", deployment.moment()
        try:
            [place] = group.ecs_services
            params = {
                "cluster": place["clusterName"],
                "service": place["serviceName"],
                "loadBalancers": [_balancer(scope, group, target_of(deployment.revision))],
                "taskDefinition": target_of(deployment.revision).task_definition,
                "deploymentConfiguration": _configuration(group, str(deployment.deployment_config_name)),
                "externalId": deployment.deployment_id,
            }
            deployment.service_deployment = self._plane.replace_task_set(scope, params)
        except (EcsError, KeyError, StopIteration, ValueError) as error:
            _end(deployment, "Failed", str(error))

    def _follow(self, scope: Scope, deployment: SandboxDeployment) -> None:
        arn = deployment.service_deployment
        answer = self._plane.handle(scope, "DescribeServiceDeployments", {"serviceDeploymentArns": [arn]})
        status = next((each["status"] for each in answer["serviceDeployments"]), "STOPPED")
        started = deployment.start_time
        if status in _SHOWN:
            _end(deployment, _SHOWN[status], "")
        elif status == "IN_PROGRESS" and started and (deployment.moment() - started).total_seconds() > _TIMED_OUT:
            self._plane.handle(scope, "StopServiceDeployment", {"serviceDeploymentArn": arn, "stopType": "ROLLBACK"})


def _end(deployment: SandboxDeployment, status: str, why: str) -> None:
    deployment.status, deployment.complete_time = status, deployment.moment()
    deployment.additional_deployment_status_info = why


def _balancer(scope: Scope, group: DeploymentGroup, target: Target) -> Json:
    """Return the service's load balancer entry with the target group pair and listeners of the deployment group."""
    [pair] = group.load_balancer_info["targetGroupPairInfoList"]
    blue, green = (_target_group_arn(scope, each["name"]) for each in pair["targetGroups"])
    advanced = {"alternateTargetGroupArn": green, "roleArn": group.service_role_arn}
    for member, route in (("productionListenerRule", "prodTrafficRoute"), ("testListenerRule", "testTrafficRoute")):
        if pair.get(route):
            [advanced[member]] = pair[route]["listenerArns"]
    return {
        "targetGroupArn": blue,
        "containerName": target.container,
        "containerPort": target.port,
        "advancedConfiguration": advanced,
    }


def _target_group_arn(scope: Scope, name: str) -> str:
    groups = elbv2_backends[scope.account][scope.region].target_groups.values()
    return next(group.arn for group in groups if group.name == name)


def _configuration(group: DeploymentGroup, name: str) -> Json:
    """Return the deployment configuration: all at once, or the steps in the name of CodeDeploy's configuration."""
    options = group.blue_green_deployment_configuration.get("terminateBlueInstancesOnDeploymentSuccess") or {}
    bake = {"bakeTimeInMinutes": int(options.get("terminationWaitTimeInMinutes") or 0)}
    shift = _SHIFT.search(name)
    if shift is None:
        return {"strategy": "BLUE_GREEN", **bake}
    kind, percent, minutes = shift[1], float(shift[2]), int(shift[3])
    if kind == "Linear":
        steps = {"stepPercent": percent, "stepBakeTimeInMinutes": minutes}
        return {"strategy": "LINEAR", "linearConfiguration": steps, **bake}
    steps = {"canaryPercent": percent, "canaryBakeTimeInMinutes": minutes}
    return {"strategy": "CANARY", "canaryConfiguration": steps, **bake}
