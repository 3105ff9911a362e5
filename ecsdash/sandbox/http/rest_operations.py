"""Names of the operations of services with a REST protocol, from the method and path of a request."""

import re
from functools import lru_cache
from typing import Any

from botocore.loaders import create_loader

from ecsdash.sandbox.http.messages import Request

#: Service in the signature -> boto3's service name.
_SERVICES = {"elasticfilesystem": "efs"}


def rest_operation(request: Request) -> tuple[str, dict[str, str]]:
    """Return the operation and the parameters in the path; empty for services of other protocols."""
    for method, path, operation in _routes(request.service):
        if request.method == method and (match := path.fullmatch(request.path)):
            return operation, match.groupdict()
    return "", {}


@lru_cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    if service not in _SERVICES:
        return []
    model: dict[str, Any] = create_loader().load_service_model(_SERVICES[service], "service-2")
    return [
        (each["http"]["method"], _pattern(each["http"]["requestUri"]), operation)
        for operation, each in model["operations"].items()
    ]


def _pattern(uri: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\+?\}", r"(?P<\1>[^/]+)", uri.partition("?")[0]) + "/?")
