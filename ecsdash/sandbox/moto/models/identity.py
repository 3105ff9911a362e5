import json
import re
from functools import cache
from typing import Any

from moto.iam import urls
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend, ManagedPolicy, get_account_id_from

_ROOT_KEY = re.compile(r"AKIA(\d{12})ROOT")
_OF_INTEREST = re.compile(
    "ECS|EC2|Container|CloudWatch|SSM|Secrets|S3|SQS|SNS|Dynamo|RDS|XRay|Administrator|ReadOnlyAccess$|PowerUser"
)


def account_of(access_key: str) -> str:
    """Return the account of an access key; `AKIA<account>ROOT` is the key of an account itself."""
    match = _ROOT_KEY.fullmatch(access_key)
    return match[1] if match else str(get_account_id_from(access_key))


@cache
def _managed() -> dict[str, Any]:
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return {name: policy for name, policy in policies.items() if _OF_INTEREST.search(name)}


class SandboxIAMBackend(IAMBackend):
    """Has only the AWS managed policies that containers and their instances use; reading all takes a second."""

    @property
    def _url_module(self) -> Any:
        return urls

    def _init_aws_policies(self) -> list[ManagedPolicy]:
        if self.region_name != "aws":
            return []
        return [
            AWSManagedPolicy.from_data(name, self.account_id, self.region_name, policy)
            for name, policy in _managed().items()
        ]
