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

    def of_account(self, account: str) -> "Clients":
        """Return clients for the same region in another account."""
        return Clients(
            self._url, self.region, {"aws_access_key_id": f"AKIA{account}ROOT", "aws_secret_access_key": _SECRET}
        )

    @cached_property
    def account(self) -> str:
        return str(self["sts"].get_caller_identity()["Account"])

    def __getitem__(self, service: str) -> Any:
        if service not in self._made:
            self._made[service] = self._session.client(service, endpoint_url=self._url)  # type: ignore[call-overload]
        return self._made[service]
