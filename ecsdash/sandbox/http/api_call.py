"""An API call in terms of IAM: action, resources, condition keys."""

import json
from functools import cached_property
from typing import Any

from ecsdash.sandbox.http.messages import Request, scope_of
from ecsdash.sandbox.scope import Scope

_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
_READS = ("BatchGet", "Describe", "Filter", "Get", "List", "Lookup", "Receive", "Search", "Simulate")
_DATA = {"PutLogEvents", "PutMetricData", "SendMessage", "SendMessageBatch", "DeleteMessage", "DeleteMessageBatch"}
_PASSED_ROLES = ("executionRoleArn", "taskRoleArn")


class ApiCall:
    """One API call, independent of its wire format."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.scope = scope_of(request)
        service = "ecs" if request.target.startswith("AmazonEC2ContainerService") else request.service
        self.source = f"{service}.amazonaws.com"
        """CloudTrail's name of the service."""
        self.service = _PREFIXES.get(service, service)
        self.operation = request.operation

    @property
    def action(self) -> str:
        """`ecs:CreateService`; for REST services the method and path instead of the operation."""
        operation = self.operation.removesuffix("Batch") if self.service == "sqs" else self.operation
        return f"{self.service}:{operation or f'{self.request.method} {self.request.path}'}"

    @property
    def changes(self) -> bool:
        """Whether it is a management call that changes something and is recorded by CloudTrail."""
        reads = self.operation.startswith(_READS) or self.operation in _DATA
        return bool(self.operation) and not reads

    @cached_property
    def params(self) -> dict[str, Any]:
        if not self.request.target:
            return {
                name: values[0] for name, values in self.request.form().items() if name not in ("Action", "Version")
            }
        try:
            params = json.loads(self.request.body or b"{}")
        except ValueError:
            return {}
        return params if isinstance(params, dict) else {}

    def needs(self) -> list[tuple[str, str]]:
        """Return the (action, resource) pairs that the caller must be allowed."""
        if not self.operation or self.action == "sts:GetCallerIdentity":
            return []
        passed = self.params if self.operation == "RegisterTaskDefinition" else self.params.get("overrides") or {}
        roles = [str(passed[name]) for name in _PASSED_ROLES if passed.get(name)] if self.service == "ecs" else []
        return [
            (self.action, self.resource),
            *(("iam:PassRole", _role_arn(self.scope, role)) for role in roles),
        ]

    @property
    def resource(self) -> str:
        if self.service == "iam":
            return self._iam_resource()
        if self.service != "ecs":
            return str(self.params.get("RoleArn") or "*") if self.operation == "AssumeRole" else "*"
        return self._ecs_resource()

    def context(self) -> dict[str, str]:
        context = {"aws:RequestedRegion": self.scope.region, "iam:PassedToService": "ecs-tasks.amazonaws.com"}
        if self.service == "ecs" and (self.params.get("cluster") or self.operation in ("RunTask", "CreateService")):
            context["ecs:cluster"] = self._arn("cluster", str(self.params.get("cluster") or "default"))
        for tag in self.params.get("tags") or []:
            context[f"aws:RequestTag/{tag.get('key')}"] = str(tag.get("value", ""))
        return context

    def _iam_resource(self) -> str:
        if profile := self.params.get("InstanceProfileName"):
            return self.scope.iam_arn(f"instance-profile/{profile}")
        role = self.params.get("PolicySourceArn") or self.params.get("RoleName")
        return _role_arn(self.scope, str(role)) if role else "*"

    def _ecs_resource(self) -> str:
        params = self.params
        cluster = str(params.get("cluster") or "default").rpartition("/")[2]
        if name := params.get("service") or params.get("serviceName"):
            return self._arn("service", str(name), cluster)
        if task := params.get("task"):
            return self._arn("task", str(task), cluster)
        if definition := params.get("taskDefinition") or params.get("family"):
            return self._arn("task-definition", str(definition))
        if arn := params.get("resourceArn") or params.get("serviceDeploymentArn"):
            return str(arn)
        if "cluster" in params or params.get("clusterName"):
            return self._arn("cluster", str(params.get("clusterName") or cluster))
        return "*"

    def _arn(self, kind: str, name: str, cluster: str = "") -> str:
        if name.startswith("arn:"):
            return name
        path = f"{cluster}/{name}" if cluster else name
        return self.scope.arn(f"{kind}/{path}")


def _role_arn(scope: Scope, role: str) -> str:
    return role if role.startswith("arn:") else scope.iam_arn(f"role/{role}")
