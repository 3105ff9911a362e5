"""CodeDeploy for ECS: validation of deployments at their creation, and their AppSpec."""

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

import yaml
from moto.codedeploy import urls
from moto.codedeploy.exceptions import CodeDeployException
from moto.codedeploy.models import CodeDeployBackend, DeploymentInfo
from moto.moto_api._internal import mock_random

from ecsdash.sandbox.moto.models.runtime import runtime

ONGOING = ("Created", "InProgress")
_DEFAULT_CONFIG = "CodeDeployDefault.ECSAllAtOnce"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Target(NamedTuple):
    """The task definition, container and port that an AppSpec deploys."""

    task_definition: str
    container: str
    port: int


class SandboxDeployment(DeploymentInfo):
    service_deployment = ""
    """The ARN of the ECS service deployment that carries it out, once it has begun."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deployment_id = "d-" + "".join(mock_random.choice(_LETTERS) for _ in range(9))
        self.create_time = self.moment()

    @staticmethod
    def moment() -> datetime:
        return datetime.fromtimestamp(runtime.now(), UTC).replace(tzinfo=None)


class SandboxCodeDeployBackend(CodeDeployBackend):
    @property
    def _url_module(self) -> Any:
        return urls

    def create_deployment(
        self, application_name: str, deployment_group_name: str, revision: dict[str, Any], *args: Any, **kwargs: Any
    ) -> str:
        """Refuse an AppSpec that cannot be read, and a second deployment of the group at the same time."""
        group = self.get_deployment_group(application_name, deployment_group_name)
        if group.application.compute_platform == "ECS":
            target_of(revision)
            for other in self.deployments.values():
                if other.deployment_group is group and other.status in ONGOING:
                    raise CodeDeployException(
                        "DeploymentLimitExceededException",
                        f"The Deployment Group '{deployment_group_name}' already has an active Deployment "
                        f"'{other.deployment_id}'",
                    )
        return super().create_deployment(application_name, deployment_group_name, revision, *args, **kwargs)

    def create_deployment_group(
        self,
        application_name: str,
        deployment_group_name: str,
        deployment_config_name: str | None,
        *args: Any,
        **kwargs: Any,
    ) -> str:
        if self.get_application(application_name).compute_platform == "ECS":
            deployment_config_name = deployment_config_name or _DEFAULT_CONFIG
        return super().create_deployment_group(
            application_name, deployment_group_name, deployment_config_name, *args, **kwargs
        )


def target_of(revision: dict[str, Any]) -> Target:
    """Read the first resource of an AppSpec in JSON or YAML; its keys are case-insensitive."""
    content = (revision.get("appSpecContent") or revision.get("string") or {}).get("content") or ""
    try:
        [resource, *_] = _lower(_parsed(content))["resources"]
        properties = next(iter(resource.values()))["properties"]
        balancer = properties["loadbalancerinfo"]
        return Target(properties["taskdefinition"], balancer["containername"], int(balancer["containerport"]))
    except (KeyError, TypeError, ValueError, StopIteration, AttributeError) as error:
        message = f"The appspec is not valid: {error}"
        raise CodeDeployException("InvalidRevisionException", message) from error


def _parsed(content: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        pass
    try:
        return yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise ValueError("neither JSON nor YAML") from error


def _lower(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key).lower(): _lower(item) for key, item in value.items()}
    return [_lower(item) for item in value] if isinstance(value, list) else value
