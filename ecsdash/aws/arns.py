"""ARNs of all partitions that botocore knows: aws, aws-cn, aws-us-gov and others."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from ecsdash.aws.service_models import LOADER

STANDARD: Final = "aws"
ROLE: Final = re.compile(r"\Arole/[\w+=,.@/-]+\Z")
ACCOUNT_ID: Final = re.compile(r"\A\d{12}\Z")


@dataclass(frozen=True)
class Arn:
    """The parts of an ARN. `region` and `account_id` are "" where the service has none."""

    partition: str
    service: str
    region: str
    account_id: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account_id}:{self.resource}"


def arn(service: str, region: str, account_id: str, resource: str) -> str:
    """Return the ARN of a regional resource: `arn("ecs", "eu-central-1", "123456789012", "cluster/shop")`."""
    return str(Arn(partition_of(region), service, region, account_id, resource))


def iam_arn(region: str, account_id: str, resource: str) -> str:
    """Return the ARN of a role or an instance profile, in the partition of `region`."""
    return str(Arn(partition_of(region), "iam", "", account_id, resource))


def managed_policy(region: str, path: str) -> str:
    """Return the ARN of an AWS managed policy: `managed_policy("cn-north-1", "service-role/AmazonECS...")`."""
    return str(Arn(partition_of(region), "iam", "", "aws", f"policy/{path}"))


def parse(text: str) -> Arn | None:
    """Return the parts of an ARN, None when the text is not an ARN of an existing partition."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[1] not in _suffixes() or not parts[2] or not parts[5]:
        return None
    return Arn(*parts[1:])


def role_account(text: str) -> str:
    """Return the account of an IAM role's ARN, "" when the text is not the ARN of a role."""
    arn = parse(text)
    if arn is None or (arn.service, arn.region) != ("iam", ""):
        return ""
    return arn.account_id if ROLE.match(arn.resource) and ACCOUNT_ID.match(arn.account_id) else ""


def partition_of(region: str) -> str:
    """Return the partition of a region. Regions that botocore does not know are matched by their name."""
    return _partition(region) or STANDARD


def partitions_of(regions: Iterable[str]) -> list[str]:
    """Return the partitions of several regions, each once."""
    return list(dict.fromkeys(partition_of(region) for region in regions))


def dns_suffix(region: str) -> str:
    """Return the domain of the AWS endpoints of a region: amazonaws.com, in China amazonaws.com.cn."""
    return _suffixes()[partition_of(region)]


def dns_suffixes() -> list[str]:
    """Return the domains of the AWS endpoints of all partitions."""
    return sorted(set(_suffixes().values()))


def ec2_principal(region: str) -> str:
    """Return the service principal of EC2 for trust policies; China has its own."""
    return f"ec2.{dns_suffix(region)}"


@cache
def _partitions() -> list[dict[str, Any]]:
    partitions: list[dict[str, Any]] = LOADER.load_data("partitions")["partitions"]
    return partitions


@cache
def _suffixes() -> dict[str, str]:
    return {each["id"]: each["outputs"]["dnsSuffix"] for each in _partitions()}


@cache
def _partition(region: str) -> str:
    for each in _partitions():
        if region in each["regions"] or re.match(each["regionRegex"], region):
            return str(each["id"])
    return ""
