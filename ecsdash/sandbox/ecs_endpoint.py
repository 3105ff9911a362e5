"""The ECS API over HTTP: the JSON 1.1 protocol around the control plane."""

import json

from ecsdash.sandbox.ecs import EcsControlPlane, EcsError
from ecsdash.sandbox.wire import Answer, Request, json_answer, json_error, scope_of

TARGET = "AmazonEC2ContainerServiceV20141113"


def is_ecs(request: Request) -> bool:
    return request.target.startswith(f"{TARGET}.") or request.service == "ecs"


def answer(plane: EcsControlPlane, request: Request) -> Answer:
    try:
        params = json.loads(request.body or b"{}")
    except ValueError:
        return json_error("SerializationException", "The request body is not valid JSON.")
    if not isinstance(params, dict):
        return json_error("SerializationException", "The request body is not a JSON object.")
    scope = scope_of(request)
    try:
        plane.throttle.admit(scope, request.operation)
        return json_answer(plane.handle(scope, request.operation, params, caller=_caller(request)))
    except EcsError as error:
        return json_error(error.code, error.message, error.http_status)


def _caller(request: Request) -> str:
    """The ARN of the principal that signed the request."""
    from moto.sts.models import sts_backends

    access_key, region, _ = request.credential() or ("", "", "")
    scope = scope_of(request)
    _, arn, _ = sts_backends[scope.account]["aws"].get_caller_identity(access_key, region)
    return str(arn)
