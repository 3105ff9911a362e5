"""The ECS API over HTTP: the JSON 1.1 protocol around the control plane."""

import json

from ecsdash.sandbox.ecs import EcsControlPlane, EcsError
from ecsdash.sandbox.http.messages import JSON, Request, Response, json_error, scope_of

TARGET = "AmazonEC2ContainerServiceV20141113"


def is_ecs(request: Request) -> bool:
    return request.target.startswith(f"{TARGET}.") or request.service == "ecs"


def respond(plane: EcsControlPlane, request: Request, caller: str) -> Response:
    """`caller` is the ARN of the principal that signed the request."""
    try:
        params = json.loads(request.body or b"{}")
    except ValueError:
        return json_error("SerializationException", "The request body is not valid JSON.")
    if not isinstance(params, dict):
        return json_error("SerializationException", "The request body is not a JSON object.")
    scope = scope_of(request)
    try:
        plane.throttle.admit(scope, request.operation)
        return Response(200, plane.answer(scope, request.operation, params, caller=caller), {"Content-Type": JSON})
    except EcsError as error:
        return json_error(error.code, error.message, error.http_status)
