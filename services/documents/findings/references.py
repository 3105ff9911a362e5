"""References in documents: ARNs and names of roles, secrets, files and file systems."""

import re
from typing import Final

from ecsdash.aws.arns import ACCOUNT_ID, Arn, parse, role_account

ROLE_NAME: Final = re.compile(r"/?(?:[\w+=,.@-]{1,128}/){0,8}[\w+=,.@-]{1,64}")
PARAMETER: Final = re.compile(r"[A-Za-z0-9_./-]{1,2048}(?::[A-Za-z0-9_.-]{1,100})?")
PARAMETER_RESOURCE: Final = re.compile(rf"parameter/?{PARAMETER.pattern}")
SECRET_NAME: Final = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
REGION: Final = re.compile(r"[a-z]{2,5}(?:-[a-z]{1,12}){1,3}-\d{1,2}")


def is_role(text: str) -> bool:
    """Return whether this is the ARN of a role, or a role's name with or without its path."""
    return bool(role_account(text)) if text.startswith("arn:") else bool(ROLE_NAME.fullmatch(text))


def is_arn(text: str, *services: str) -> bool:
    """Return whether this is an ARN of one of the services, with an account and region where they have them."""
    arn = parse(text)
    return arn is not None and arn.service in services and _is_placed(arn)


def is_secret(text: str) -> bool:
    """Return whether this is the ARN of a secret or parameter, or the name of a parameter."""
    if not text.startswith("arn:"):
        return bool(PARAMETER.fullmatch(text))
    arn = parse(text)
    if arn is None or not _is_placed(arn):
        return False
    if arn.service == "secretsmanager":
        name, *rest = arn.resource.removeprefix("secret:").split(":")
        return arn.resource.startswith("secret:") and bool(SECRET_NAME.fullmatch(name)) and len(rest) <= 3
    return arn.service == "ssm" and bool(PARAMETER_RESOURCE.fullmatch(arn.resource))


def is_credential(text: str) -> bool:
    """Return whether this is the ARN or the name of a secret with the credentials of a registry or domain."""
    return is_secret(text) if text.startswith("arn:") else bool(SECRET_NAME.fullmatch(text))


def is_object(text: str) -> bool:
    """Return whether this is the ARN of an object in S3: `arn:aws:s3:::bucket/key`."""
    arn = parse(text)
    if arn is None or arn.service != "s3":
        return False
    bucket, _, key = arn.resource.partition("/")
    return bool(bucket and key)


def _is_placed(arn: Arn) -> bool:
    if arn.service in ("s3", "iam"):
        return True
    return bool(REGION.fullmatch(arn.region) and ACCOUNT_ID.match(arn.account_id))
