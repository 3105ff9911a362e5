"""Checks of a task definition that ECS accepts but whose tasks may fail, by comparison with the inventory."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clusters.forms.usual_roles import ECS_TASKS, UsualRole
from clusters.models import Role
from ecsdash.aws.arns import dns_suffixes
from ecsdash.inventory.choices import choices
from ecsdash.inventory.freshness import freshness
from ecsdash.operations.actions import ActionContext
from ecsdash.operations.plan import Check, Level, LiveCheck
from ecsdash.web.forms.document.findings import FindingLevel
from services.documents.findings import task_definition_findings
from services.models import LogGroup, Secret

ECR_IMAGE = re.compile(
    rf"(?P<registry>\d{{12}})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.(?:{'|'.join(map(re.escape, dns_suffixes()))})/"
    r"(?P<repository>[^:@]+)(?:@(?P<digest>sha256:[0-9a-f]+)|:(?P<tag>[\w.-]+))?$"
)


def definition_checks(
    context: ActionContext,
    definition: Mapping[str, Any],
    created: Sequence[str] = (),
    new_role: UsualRole | None = None,
) -> tuple[Check, ...]:
    """Return the checks. The same plan creates the log groups `created` and the execution role `new_role`."""
    containers = definition.get("containerDefinitions", [])
    return (
        *_roles(context, definition, new_role),
        *_secrets(context, containers),
        *_logs(context, definition, created),
        *_other_registries(context, containers),
        *_advice(definition),
    )


def image_checks(definition: Mapping[str, Any], account_id: str, region: str) -> tuple[LiveCheck, ...]:
    """Return live checks for the images in the ECR of this account and region."""
    found = {}
    for container in definition.get("containerDefinitions", []):
        match = ECR_IMAGE.match(container.get("image", ""))
        if match and match["registry"] == account_id and match["region"] == region:
            tag = match["digest"] or match["tag"] or "latest"
            params = {"repository": match["repository"], "tag": tag, "registry": account_id}
            params["platform"] = _platform(definition)
            found[container["image"]] = LiveCheck(
                "image_exists", f"The image {match['repository']}:{tag} exists", params, may_block=False
            )
    return tuple(found.values())


def _other_registries(context: ActionContext, containers: list[Mapping[str, Any]]) -> Iterator[Check]:
    """Yield a check that names the images which are not in the ECR of this account and region."""
    here = (context.scope.account.account_id, context.scope.region)
    images = [each.get("image", "") for each in containers]
    matches = {image: ECR_IMAGE.match(image) for image in images if image}
    others = [image for image, match in matches.items() if not match or (match["registry"], match["region"]) != here]
    if others:
        title = f"Not checked whether the image{'s' if len(others) > 1 else ''} {', '.join(others)} can be pulled"
        yield Check(Level.UNCHECKED, title, "Only images in the ECR of this account and region are looked up.")


def _platform(definition: Mapping[str, Any]) -> str:
    """Return the platform of the tasks as image indexes name it; empty where the instances decide."""
    runs_on = definition.get("runtimePlatform") or {}
    if not runs_on and "FARGATE" not in definition.get("requiresCompatibilities", []):
        return ""
    system = "windows" if str(runs_on.get("operatingSystemFamily", "")).startswith("WINDOWS") else "linux"
    return f"{system}/{'arm64' if runs_on.get('cpuArchitecture') == 'ARM64' else 'amd64'}"


def _advice(definition: Mapping[str, Any]) -> Iterator[Check]:
    """Yield the advice that the form shows too, for those who confirm what others entered."""
    for finding in task_definition_findings(definition):
        if finding.level is FindingLevel.WARN:
            yield Check(Level.WARN, finding.what, finding.why, finding.how)


def _roles(context: ActionContext, definition: Mapping[str, Any], new_role: UsualRole | None) -> Iterator[Check]:
    known = {role.arn: role for role in choices(Role, context.user, context.scope)}
    for member, label in (("executionRoleArn", "execution role"), ("taskRoleArn", "task role")):
        arn = definition.get(member, "")
        role = known.get(arn) or next((each for each in known.values() if each.name == arn), None)
        name = arn.rpartition("/")[2]
        if not arn:
            continue
        if new_role and name == new_role.name:
            title = f"The {label} {name} will be created with {new_role.policy_name}"
            yield Check(Level.OK, title, "The role stays in the account. Other task definitions can use it too.")
        elif role is None:
            if freshness(context.scope, "roles").seen_at:
                yield Check(
                    Level.WARN, f"The {label} {name} was not found", "It may not exist.", "Choose another role."
                )
        elif ECS_TASKS not in role.trusts:
            yield Check(
                Level.WARN,
                f"The {label} {name} does not trust ECS tasks",
                "Tasks will fail to start: ECS cannot assume the role.",
                f"Add {ECS_TASKS} to its trust policy.",
            )
        else:
            yield Check(Level.OK, f"ECS tasks may assume the {label} {name}")


def _secrets(context: ActionContext, containers: list[Mapping[str, Any]]) -> Iterator[Check]:
    wanted = {each["valueFrom"] for container in containers for each in container.get("secrets", [])}
    if not wanted or not freshness(context.scope, "secrets").seen_at:
        return
    known = set()
    for secret in choices(Secret, context.user, context.scope):
        known |= {secret.arn, secret.name}
    for value in sorted(wanted):
        # arn:aws:secretsmanager:region:account:secret:name-random:json-key:version-stage:version-id
        base = ":".join(value.split(":")[:7]) if ":secretsmanager:" in value else value
        if base not in known and f":{context.scope.region}:" in f":{value}:":
            yield Check(
                Level.WARN,
                f"The secret {base.rpartition(':')[2]} was not found",
                "Tasks cannot start if a secret does not exist.",
                "Create the secret, or choose another.",
            )


def missing_log_groups(context: ActionContext, definition: Mapping[str, Any]) -> list[str]:
    """Return the log groups of this region that awslogs containers use and that the inventory does not list."""
    known = set(choices(LogGroup, context.user, context.scope).values_list("name", flat=True))
    wanted = [options["awslogs-group"] for options in _awslogs(definition, context.scope.region)]
    return [group for group in dict.fromkeys(wanted) if group not in known]


def _awslogs(definition: Mapping[str, Any], region: str) -> Iterator[Mapping[str, str]]:
    """Yield the log options of containers whose log group must exist before they start."""
    for container in definition.get("containerDefinitions", []):
        options = (container.get("logConfiguration") or {}).get("options") or {}
        itself = options.get("awslogs-create-group") == "true"
        if options.get("awslogs-group") and options.get("awslogs-region") == region and not itself:
            yield options


def _logs(context: ActionContext, definition: Mapping[str, Any], created: Sequence[str]) -> Iterator[Check]:
    missing = missing_log_groups(context, definition)
    for group in dict.fromkeys(options["awslogs-group"] for options in _awslogs(definition, context.scope.region)):
        if group not in missing:
            yield Check(Level.OK, f"The log group {group} exists")
        elif group in created:
            yield Check(Level.OK, f"The log group {group} will be created")
        else:
            fix = "Choose Create the log groups, or create it in CloudWatch Logs."
            yield Check(Level.WARN, f"The log group {group} was not found", "Tasks cannot start without it.", fix)
