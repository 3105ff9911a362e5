from typing import Any

import boto3

_KEY, _SECRET = "AKIAIOSFODNN7EXAMPLE", "none"


class Clients:
    """boto3 clients of one region of the sandbox, with credentials that are good for nothing else."""

    def __init__(self, url: str, region: str) -> None:
        self._url = url
        self._session = boto3.Session(aws_access_key_id=_KEY, aws_secret_access_key=_SECRET, region_name=region)
        self._made: dict[str, Any] = {}

    def __getitem__(self, service: str) -> Any:
        if service not in self._made:
            self._made[service] = self._session.client(service, endpoint_url=self._url)  # type: ignore[call-overload]
        return self._made[service]
