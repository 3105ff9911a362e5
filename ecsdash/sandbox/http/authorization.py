"""What an API call needs in IAM: its action on its resources, and the actions that it implies (passed roles, tags)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ecsdash.sandbox.http.identities import profile_roles, role_arn, role_named
from ecsdash.sandbox.http.resource_arns import ecs_arn, members, resources_of
from ecsdash.sandbox.http.resource_tags import tags_of
from ecsdash.sandbox.scope import Scope

Params = dict[str, Any]
Tags = dict[str, str]
PASS_ROLE = "iam:PassRole"  # noqa: S105
_TASKS, _INSTANCES = "ecs-tasks.amazonaws.com", "ec2.amazonaws.com"
_PASSED_ROLES = ("executionRoleArn", "taskRoleArn")
#: Service -> the action that a call with tags needs too, and the condition key with the call's name.
_TAGGING = {
    "autoscaling": ("autoscaling:CreateOrUpdateTags", ""),
    "ec2": ("ec2:CreateTags", "ec2:CreateAction"),
    "ecs": ("ecs:TagResource", "ecs:CreateAction"),
    "elasticfilesystem": ("elasticfilesystem:TagResource", "elasticfilesystem:CreateAction"),
    "elasticloadbalancing": ("elasticloadbalancing:AddTags", "elasticloadbalancing:CreateAction"),
    "iam": ("iam:TagRole", ""),
    "logs": ("logs:TagResource", ""),
    "secretsmanager": ("secretsmanager:TagResource", ""),
    "servicediscovery": ("servicediscovery:TagResource", ""),
}
_TAGGING_CALL = {"CreateInstanceProfile": ("iam:TagInstanceProfile", "")}


@dataclass(frozen=True)
class RequiredAction:
    """An action on a resource, with the condition keys of the request."""

    action: str
    resource: str
    context: Tags = field(default_factory=dict)


def needs_of(service: str, scope: Scope, operation: str, params: Params) -> Iterator[RequiredAction]:
    """Return everything that the caller must be allowed for this call."""
    tags = requested_tags(params)
    common = {"aws:RequestedRegion": scope.region, **{f"aws:RequestTag/{key}": value for key, value in tags.items()}}
    own = {**common, **_service_keys(service, scope, operation, params)}
    resources = resources_of(service, scope, operation, params)
    for resource in resources:
        existing = {f"aws:ResourceTag/{key}": value for key, value in tags_of(scope, resource).items()}
        yield RequiredAction(f"{service}:{operation.removesuffix('Batch')}", resource, {**own, **existing})
    if tags and service in _TAGGING and operation.startswith(("Create", "Register", "Run")):
        action, key = _TAGGING_CALL.get(operation) or _TAGGING[service]
        tagged = scope.arn("file-system/*", service) if operation == "CreateFileSystem" else resources[0]
        yield RequiredAction(action, tagged, {**common, **({key: operation} if key else {})})
    for role, passed_to in _passed(service, scope, operation, params):
        yield RequiredAction(PASS_ROLE, role_arn(scope, role), {**common, "iam:PassedToService": passed_to})


def requested_tags(params: Params) -> Tags:
    """Return the tags in the parameters, in any of the services' forms."""
    if isinstance(params.get("tags"), dict):
        return {str(key): str(value) for key, value in params["tags"].items()}
    listed = params.get("tags") or params.get("Tags")
    if isinstance(listed, list):
        return {str(each.get("key", each.get("Key"))): str(each.get("value", each.get("Value", ""))) for each in listed}
    keys = {name: value for name, value in params.items() if "Tag" in name and name.endswith(".Key")}
    return {str(key): str(params.get(f"{name.removesuffix('Key')}Value", "")) for name, key in keys.items()}


def _service_keys(service: str, scope: Scope, operation: str, params: Params) -> Tags:
    if service == "ecs" and (params.get("cluster") or operation in ("RunTask", "CreateService")):
        return {"ecs:cluster": ecs_arn(scope, "cluster", str(params.get("cluster") or "default"))}
    if service == "sts":
        names = {"sts:ExternalId": "ExternalId", "sts:SourceIdentity": "SourceIdentity"}
        return {key: str(params[name]) for key, name in names.items() if params.get(name)}
    return _identity_keys(scope, operation, params) if service == "iam" else {}


def _identity_keys(scope: Scope, operation: str, params: Params) -> Tags:
    role = role_named(scope, str(params["RoleName"])) if params.get("RoleName") else None
    boundary = params.get("PermissionsBoundary") or (role.permissions_boundary_arn if role is not None else "")
    keys = {
        "iam:PermissionsBoundary": boundary,
        "iam:PolicyARN": params.get("PolicyArn"),
        "iam:AWSServiceName": params.get("AWSServiceName"),
    }
    return {key: str(value) for key, value in keys.items() if value}


def _passed(service: str, scope: Scope, operation: str, params: Params) -> Iterator[tuple[str, str]]:
    """Return the roles that the call passes, each with the service that gets it."""
    if service == "ecs":
        definition = params if operation == "RegisterTaskDefinition" else params.get("overrides") or {}
        yield from ((str(definition[name]), _TASKS) for name in _PASSED_ROLES if definition.get(name))
    if operation == "AddRoleToInstanceProfile":
        yield str(params["RoleName"]), _INSTANCES
    if operation == "RunInstances":
        for profile in members(params, "IamInstanceProfile.Name") + members(params, "IamInstanceProfile.Arn"):
            yield from ((role, _INSTANCES) for role in profile_roles(scope, profile))
