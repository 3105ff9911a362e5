"""Names of an AWS call in boto3 (`ecs.create_service`), the API, IAM and the AWS CLI."""

import json
import shlex
from functools import lru_cache
from typing import Any, Final

from botocore import xform_name

from ecsdash.aws.service_models import model_data

#: The tag that holds the id of the step which created a resource.
STEP_TAG: Final = "ecsdash:step"
#: The path of the IAM roles and instance profiles that plans create.
ROLE_PATH: Final = "/ecsdash/"
#: Where the prefix of IAM actions differs from boto3's service name (service authorization reference).
IAM_PREFIX = {"elbv2": "elasticloadbalancing", "efs": "elasticfilesystem"}
#: Calls whose IAM action is another call's.
IAM_ACTION = {
    "sqs.delete_message_batch": "sqs:DeleteMessage",
    "sqs.send_message_batch": "sqs:SendMessage",
}


@lru_cache(maxsize=1024)
def api_operation(call: str) -> str:
    """Return the API operation: `ecs.create_service` -> `CreateService`. Raise KeyError for an unknown call."""
    service, method = call.split(".")
    for operation in model_data(service)["operations"]:
        if xform_name(operation) == method:
            return str(operation)
    raise KeyError(f"boto3 knows no call {call}")


def method_of(service: str, operation: str) -> str:
    """Return the call of an API operation: `ecs`, `CreateService` -> `ecs.create_service`."""
    return f"{service}.{xform_name(operation)}"


def iam_action(call: str) -> str:
    if call in IAM_ACTION:
        return IAM_ACTION[call]
    service = call.split(".")[0]
    return f"{IAM_PREFIX.get(service, service)}:{api_operation(call)}"


def iam_actions(call: str, params: object) -> list[str]:
    """Return the IAM actions of a call: its own, and iam:PassRole when its parameters pass a role."""
    needed = [iam_action(call)]
    return [*needed, "iam:PassRole"] if _passes_role(params) and not call.startswith("iam.") else needed


def _passes_role(params: object) -> bool:
    if isinstance(params, dict):
        handed = any(
            key.lower().endswith("rolearn") or key == "IamInstanceProfile" for key, value in params.items() if value
        )
        return handed or any(_passes_role(value) for value in params.values())
    return isinstance(params, list) and any(_passes_role(item) for item in params)


def as_cli(call: str, params: dict[str, Any], region: str) -> str:
    """Return the call as a command of the AWS CLI, one option per line."""
    service, method = call.split(".")
    lines = [f"aws {service} {method.replace('_', '-')}", f"--region {region}"]
    for name, value in params.items():
        flag = xform_name(name, "-")
        if isinstance(value, bool):
            lines.append(f"--{flag}" if value else f"--no-{flag}")
        elif isinstance(value, str | int | float):
            lines.append(f"--{flag} {shlex.quote(str(value))}")
        elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            lines.append(f"--{flag} {' '.join(shlex.quote(item) for item in value)}")
        else:
            lines.append(f"--{flag} {shlex.quote(json.dumps(value, ensure_ascii=False))}")
    return " \\\n    ".join(lines)
