from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Scope:
    """One AWS account and region. All state is kept per scope."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        return partition_of(self.region)

    def arn(self, path: str, service: str = "ecs") -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{path}"

    def iam_arn(self, path: str) -> str:
        """IAM is global: its ARNs have no region."""
        return f"arn:{self.partition}:iam::{self.account}:{path}"


def partition_of(region: str) -> str:
    prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    return next((partition for prefix, partition in prefixes.items() if region.startswith(prefix)), "aws")
