"""HTTP requests and responses, and errors in the wire formats of AWS."""

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from ecsdash.sandbox.scope import Scope

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d+/([^/]+)/([^/]+)/aws4_request")
DEFAULT_REGION = "us-east-1"
JSON = "application/x-amz-json-1.1"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    encrypted: bool = False

    def credential(self) -> tuple[str, str, str] | None:
        """(access key, region, service) of the request's signature."""
        match = _CREDENTIAL.search(self.headers.get("authorization", ""))
        return (match[1], match[2], match[3]) if match else None

    @property
    def service(self) -> str:
        credential = self.credential()
        return credential[2] if credential else ""

    @property
    def target(self) -> str:
        """`<service prefix>.<operation>` of the JSON protocols, else empty."""
        return self.headers.get("x-amz-target", "")

    def form(self) -> dict[str, list[str]]:
        """The fields of the query protocols (EC2, IAM, ELB, Auto Scaling, STS)."""
        if not self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def operation(self) -> str:
        if self.target:
            return self.target.rpartition(".")[2]
        return self.form().get("Action", [""])[0]

    @property
    def host(self) -> str:
        """The host name of the request, without its port."""
        return self.headers.get("host", "").partition(":")[0].lower()


class LostResponseError(Exception):
    """The call took effect, but its response is dropped."""


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def scope_of(request: Request) -> Scope:
    from moto.iam.models import get_account_id_from

    access_key, region, _ = request.credential() or ("", DEFAULT_REGION, "")
    return Scope(get_account_id_from(access_key), region)


def json_response(value: Any, status: int = 200, **headers: str) -> Response:
    body = json.dumps(value).encode()
    return Response(status, body, {"Content-Type": JSON, **headers})


def json_error(code: str, message: str, status: int = 400) -> Response:
    return json_response({"__type": code, "message": message}, status, **{"x-amzn-ErrorType": code})


def error_response(request: Request, code: str, message: str, status: int = 400) -> Response:
    """Return an error in the wire format of the service."""
    form = request.form()
    if request.target or "Action" not in form:
        return json_error(code, message, status)
    detail = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if request.service == "ec2":
        body = f"<Response><Errors><Error>{detail}</Error></Errors><RequestID>{uuid.uuid4()}</RequestID></Response>"
    else:
        kind = "Sender" if status < 500 else "Receiver"
        error = f"<Error><Type>{kind}</Type>{detail}</Error>"
        body = f"<ErrorResponse>{error}<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    return Response(status, body.encode(), {"Content-Type": "text/xml"})


def unknown_operation(request: Request) -> Response:
    if request.target:
        return json_error("UnknownOperationException", "The requested operation is not known to the service.")
    if "Action" in request.form():
        message = f"The action {request.operation} is not valid for this web service."
        return error_response(request, "InvalidAction", message)
    return json_error("UnknownOperationException", "The requested operation is not known to the service.", 404)
