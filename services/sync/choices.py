"""Sweeps of the choices of task definition forms: log groups, names of secrets (never values), repositories with their
images."""

from typing import Any

from ecsdash.aws.arns import arn
from ecsdash.inventory import store
from ecsdash.inventory.scope import Scope
from ecsdash.inventory.store import Record
from ecsdash.inventory.sweeps.registry import sweeper
from services.models import LogGroup, Repository, Secret
from services.sync.images import images_of


@sweeper("log_groups", choice=True)
def sweep_log_groups(scope: Scope) -> None:
    found = scope.connection().collect("logs.describe_log_groups", "logGroups")
    records = [
        Record(
            group["arn"].removesuffix(":*"),
            group["logGroupName"],
            group,
            columns={"retention_days": group.get("retentionInDays")},
        )
        for group in found
    ]
    store.replace(LogGroup, scope, records, "log_groups")


@sweeper("secrets", choice=True)
def sweep_secrets(scope: Scope) -> None:
    """Sweep the secrets of Secrets Manager and the SecureString parameters of SSM."""
    aws = scope.connection()
    records = [
        Record(secret["ARN"], secret["Name"], _kept(secret, "KmsKeyId"), columns={"kind": "secretsmanager"})
        for secret in aws.collect("secretsmanager.list_secrets", "SecretList")
    ]
    only = [{"Key": "Type", "Values": ["SecureString"]}]
    prefix = arn("ssm", scope.region, scope.account.account_id, "parameter/")
    records += [
        Record(f"{prefix}{each['Name'].lstrip('/')}", each["Name"], _kept(each, "KeyId"), columns={"kind": "ssm"})
        for each in aws.collect("ssm.describe_parameters", "Parameters", ParameterFilters=only)
    ]
    store.replace(Secret, scope, records, "secrets")


def _kept(secret: dict[str, Any], key: str) -> dict[str, str]:
    """Return what is stored of a secret: its name, and the KMS key that encrypts it."""
    return {"Name": secret["Name"], **({"KmsKeyId": secret[key]} if secret.get(key) else {})}


@sweeper("repositories", choice=True)
def sweep_repositories(scope: Scope) -> None:
    found = scope.connection().collect("ecr.describe_repositories", "repositories")
    images = images_of(scope, found)
    records = [
        Record(
            each["repositoryArn"],
            each["repositoryName"],
            each,
            columns={"uri": each["repositoryUri"], "images": images.get(each["repositoryName"], [])},
        )
        for each in found
    ]
    store.replace(Repository, scope, records, "repositories")
