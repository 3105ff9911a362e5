"""An API call in terms of IAM: action, resources, condition keys."""

import json
from functools import cached_property
from typing import Any

from ecsdash.sandbox.http.authorization import RequiredAction, needs_of
from ecsdash.sandbox.http.messages import Request, scope_of
from ecsdash.sandbox.http.resource_arns import resources_of
from ecsdash.sandbox.http.rest_operations import rest_operation

_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
_READS = ("BatchGet", "Describe", "Filter", "Get", "List", "Lookup", "Receive", "Search", "Simulate")
_DATA = {"PutLogEvents", "PutMetricData", "SendMessage", "SendMessageBatch", "DeleteMessage", "DeleteMessageBatch"}


class ApiCall:
    """One API call, independent of its wire format."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.scope = scope_of(request)
        service = "ecs" if request.target.startswith("AmazonEC2ContainerService") else request.service
        self.source = f"{service}.amazonaws.com"
        """CloudTrail's name of the service."""
        self.service = _PREFIXES.get(service, service)
        self._rest, self._in_path = rest_operation(request)
        self.operation = request.operation or self._rest

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
        if not (self.request.target or self._rest):
            return {
                name: values[0] for name, values in self.request.form().items() if name not in ("Action", "Version")
            }
        try:
            params = json.loads(self.request.body or b"{}")
        except ValueError:
            return {}
        return {**params, **self._in_path} if isinstance(params, dict) else {}

    def needs(self) -> list[RequiredAction]:
        """Return what the caller must be allowed."""
        if not self.operation or self.action == "sts:GetCallerIdentity":
            return []
        return list(needs_of(self.service, self.scope, self.operation, self.params))

    @property
    def resource(self) -> str:
        """The resource that CloudTrail names."""
        return resources_of(self.service, self.scope, self.operation, self.params)[0]
