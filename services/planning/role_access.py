"""What the execution role of a task definition must be allowed, for a live check that asks IAM's policy simulator."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ecsdash.aws.arns import arn, iam_arn, parse
from ecsdash.inventory.scope import Scope
from ecsdash.operations.plan import LiveCheck
from services.forms.task_definition.checks import ECR_IMAGE
from services.models import Secret

PULL: Final = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
WRITE_LOGS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")


@dataclass(frozen=True)
class RolePermission:
    """Actions on one resource, and what they are for, in words that follow "may" and "may not"."""

    purpose: str
    actions: tuple[str, ...]
    resource: str


def role_checks(scope: Scope, definition: Mapping[str, Any]) -> tuple[LiveCheck, ...]:
    """Return the live check of the execution role; none without a role, or where the role needs no permission."""
    role, needs = definition.get("executionRoleArn", ""), list(dict.fromkeys(_needs(scope, definition)))
    if not role or not needs:
        return ()
    if not role.startswith("arn:"):
        role = iam_arn(scope.region, scope.account.account_id, f"role/{role}")
    params = {
        "role": role,
        "region": scope.region,
        "needs": [{"purpose": each.purpose, "actions": [*each.actions], "resource": each.resource} for each in needs],
    }
    name = role.rpartition("/")[2]
    title = f"The execution role {name} may do what the containers need before they start"
    return (LiveCheck("role_may", title, params, may_block=False),)


def _needs(scope: Scope, definition: Mapping[str, Any]) -> Iterator[RolePermission]:
    containers: list[Mapping[str, Any]] = definition.get("containerDefinitions", [])
    for container in containers:
        yield from _pulls(container)
    yield from _secrets(scope, named_secrets(containers))
    for container in containers:
        yield from _logs(scope, container.get("logConfiguration") or {})
        for file in container.get("environmentFiles", []):
            yield RolePermission(f"read the environment file {file['value']}", ("s3:GetObject",), file["value"])


def _pulls(container: Mapping[str, Any]) -> Iterator[RolePermission]:
    match = ECR_IMAGE.match(container.get("image", ""))
    if match:
        yield RolePermission("sign in to ECR", ("ecr:GetAuthorizationToken",), "*")
        repository = arn("ecr", match["region"], match["registry"], f"repository/{match['repository']}")
        yield RolePermission(f"pull the image {match['repository']}", PULL, repository)


def named_secrets(containers: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what the containers read: for variables, log drivers and sign-in to registries."""
    named = []
    for container in containers:
        options = (container.get("logConfiguration") or {}).get("secretOptions", [])
        named += [each["valueFrom"] for each in (*container.get("secrets", []), *options)]
        credentials = (container.get("repositoryCredentials") or {}).get("credentialsParameter")
        named += [credentials] if credentials else []
    return list(dict.fromkeys(named))


def _secrets(scope: Scope, named: Iterable[str]) -> Iterator[RolePermission]:
    for value in named:
        stored = stored_secret(scope, value)
        resource = stored.arn if stored else secret_arn(scope, value)
        secret = ":secretsmanager:" in resource
        action = "secretsmanager:GetSecretValue" if secret else "ssm:GetParameters"
        kind = "secret" if secret else "parameter"
        name = stored.name if stored else resource.rpartition(":")[2].removeprefix("parameter")
        yield RolePermission(f"read the {kind} {name}", (action,), resource)
        key = _key_arn(scope, stored.description.get("KmsKeyId", "")) if stored else ""
        if key:
            yield RolePermission(f"decrypt the {kind} {name}", ("kms:Decrypt",), key)


def stored_secret(scope: Scope, value: str) -> Secret | None:
    """Return the row of what a container names: by ARN, with or without its random suffix and JSON key, or by name."""
    rows = Secret.objects.in_scope(scope.account, scope.region).present()
    base = secret_arn(scope, value)
    found: Secret | None = rows.filter(arn=base).first() or rows.filter(name=value).first()
    if found is None and ":secretsmanager:" in base:
        named = base.rpartition(":")[2]
        found = next((row for row in rows.filter(name=named) if row.arn.startswith(f"{base}-")), None)
    return found


def secret_arn(scope: Scope, value: str) -> str:
    """Return the ARN of a secret without JSON key and version, or of a parameter that is named in this region."""
    if ":secretsmanager:" in value:
        return ":".join(value.split(":")[:7])
    if value.startswith("arn:"):
        return value
    return arn("ssm", scope.region, scope.account.account_id, f"parameter/{value.lstrip('/')}")


def _key_arn(scope: Scope, key: str) -> str:
    """Return the ARN of a KMS key. An alias has none: a policy about it names the key behind it."""
    if not key or "alias/" in key:
        return ""
    return key if parse(key) else arn("kms", scope.region, scope.account.account_id, f"key/{key}")


def _logs(scope: Scope, configuration: Mapping[str, Any]) -> Iterator[RolePermission]:
    options = configuration.get("options") or {}
    group, region = options.get("awslogs-group"), options.get("awslogs-region") or scope.region
    if configuration.get("logDriver") != "awslogs" or not group:
        return
    streams = arn("logs", region, scope.account.account_id, f"log-group:{group}:log-stream:*")
    yield RolePermission(f"write logs to {group}", WRITE_LOGS, streams)
    if options.get("awslogs-create-group") == "true":
        created = arn("logs", region, scope.account.account_id, f"log-group:{group}")
        yield RolePermission(f"create the log group {group}", ("logs:CreateLogGroup",), created)
