"""moto in this process, called through WSGI, with corrections that clients of ECS need."""

import sys
import threading
import traceback
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from ecsdash.sandbox.http.messages import DEFAULT_REGION, Request, Response, error_response, scope_of, unknown_operation

_KEPT_TOKENS = 10_000
_HOP_HEADERS = {"connection", "content-length", "date", "server", "transfer-encoding", "status"}
_ODD_HOSTS = {"budgets", "cloudfront", "dynamodb", "memorydb", "s3", "s3control", "sagemaker", "timestream"}
_IDEMPOTENT = {"RunInstances", "CreateLaunchTemplate", "CreateLaunchTemplateVersion"}
_FIXED = {"DescribeInstanceTypes", "DescribeInstanceTypeOfferings"}


@dataclass(frozen=True)
class _Remembered:
    request: tuple[tuple[str, str], ...]
    answer: Response


class MotoHost:
    """Every service but ECS. Requests run one at a time: moto's backends are not made for threads."""

    def __init__(self, lock: threading.RLock) -> None:
        from moto.moto_server import werkzeug_app

        # No web page has business here.
        werkzeug_app.DISABLE_GLOBAL_CORS = True  # type: ignore[attr-defined]
        self._lock = lock
        self._app = werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app)
        # moto lists its own directory for each request.
        self._app.get_backend_for_host = cache(self._app.get_backend_for_host)  # type: ignore[method-assign]
        self._knows = cache(self._is_known)
        self._tokens: dict[tuple[str, str, str, str], _Remembered] = {}
        self._fixed: dict[tuple[str, bytes], Response] = {}

    def respond(self, request: Request) -> Response:
        # A long poll of SQS waits inside moto: it must not hold everybody else up.
        with nullcontext() if request.service == "sqs" else self._lock:
            if request.service == "ec2" and request.operation in _IDEMPOTENT:
                return self._answer_once(request)
            if request.service == "ec2" and request.operation in _FIXED:
                return self._answer_again(request)
            return self._call(request)

    def forget(self) -> None:
        """Delete all backends: each is created again on its next use."""
        from moto.core.base_backend import BackendDict

        with self._lock:
            self._tokens.clear()
            for backends in list(BackendDict._instances):  # type: ignore[misc]
                backends.clear()

    def _answer_again(self, request: Request) -> Response:
        """Cache large responses that never change, by region and request."""
        question = (scope_of(request).region, request.body)
        if question not in self._fixed:
            self._fixed[question] = self._call(request)
        return self._fixed[question]

    def _answer_once(self, request: Request) -> Response:
        """EC2's client tokens: a repeated request gets the first response, another request is refused."""
        form = {name: values[0] for name, values in request.form().items()}
        token = form.pop("ClientToken", "")
        request = _launching_all(request, form | ({"ClientToken": token} if token else {}))
        scope = scope_of(request)
        key = (scope.account, scope.region, request.operation, token)
        sent = tuple(sorted(form.items()))
        known = self._tokens.get(key) if token else None
        if known and known.request != sent:
            message = "The client token is already in use with other parameters."
            return error_response(request, "IdempotentParameterMismatch", message)
        if known:
            return known.answer
        answer = self._call(request)
        if token and answer.status == 200:
            self._tokens[key] = _Remembered(sent, answer)
            while len(self._tokens) > _KEPT_TOKENS:
                del self._tokens[next(iter(self._tokens))]
        return answer

    def _call(self, request: Request) -> Response:
        from werkzeug.test import run_wsgi_app

        if request.service and not self._knows(request.service):
            return unknown_operation(request)
        try:
            chunks, status, headers = run_wsgi_app(self._app, _environ(request))
            body = b"".join(chunks)
        except (NotImplementedError, ImportError):
            return unknown_operation(request)
        except Exception:
            traceback.print_exc()
            return error_response(request, "InternalFailure", "The simulated service failed.", 500)
        code = int(status.split(" ", 1)[0])
        if code >= 400 and body[:15].lower() == b"<!doctype html>":
            return unknown_operation(request)
        kept = {name: value for name, value in headers.items() if name.lower() not in _HOP_HEADERS}
        return Response(code, body, _with_content_type(kept, body))

    def _is_known(self, service: str) -> bool:
        from moto.moto_server.werkzeug_app import SIGNING_ALIASES

        url = f"http://{SIGNING_ALIASES.get(service, service)}.{DEFAULT_REGION}.amazonaws.com"
        return service in _ODD_HOSTS or any(pattern.match(url) for _, pattern in self._app.backend_url_patterns)


def _launching_all(request: Request, form: dict[str, str]) -> Request:
    """RunInstances launches MaxCount instances when there is room; moto launches MinCount."""
    if request.operation == "RunInstances" and "MaxCount" in form:
        form = {**form, "MinCount": form["MaxCount"]}
    return replace(request, body=urlencode(form).encode())


def _environ(request: Request) -> dict[str, Any]:
    """Return the WSGI environment of PEP 3333."""
    host = request.headers.get("host") or "localhost"
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    return headers | {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode().decode("latin-1"),
        "QUERY_STRING": request.query,
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_HOST": host,
        "SERVER_NAME": host.partition(":")[0],
        "SERVER_PORT": host.partition(":")[2] or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _with_content_type(headers: dict[str, str], body: bytes) -> dict[str, str]:
    """Replace text/html, which moto's web server sends where moto sets no content type."""
    if not headers.get("Content-Type", "text/html").startswith("text/html"):
        return headers
    return {**headers, "Content-Type": "application/x-amz-json-1.1" if body[:1] in b"{[" else "text/xml"}
