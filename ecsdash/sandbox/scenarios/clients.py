from functools import cached_property
from typing import Any

import boto3

_KEY, _SECRET = "AKIAIOSFODNN7EXAMPLE", "none"


class Clients:
    """boto3 clients for one region of the simulated AWS, with placeholder credentials."""

    def __init__(self, url: str, region: str, credentials: dict[str, Any] | None = None) -> None:
        self._url = url
        self.region = region
        keys: dict[str, Any] = credentials or {"aws_access_key_id": _KEY, "aws_secret_access_key": _SECRET}
        self._session = boto3.Session(region_name=region, **keys)
        self._made: dict[str, Any] = {}

    def assuming(self, role: str) -> "Clients":
        """Return clients for the same region in the account of the role."""
        granted = self["sts"].assume_role(RoleArn=role, RoleSessionName="scenario")["Credentials"]
        keys = {
            "aws_access_key_id": granted["AccessKeyId"],
            "aws_secret_access_key": granted["SecretAccessKey"],
            "aws_session_token": granted["SessionToken"],
        }
        return Clients(self._url, self.region, keys)

    @cached_property
    def account(self) -> str:
        return str(self["sts"].get_caller_identity()["Account"])

    def __getitem__(self, service: str) -> Any:
        if service not in self._made:
            self._made[service] = self._session.client(service, endpoint_url=self._url)  # type: ignore[call-overload]
        return self._made[service]
