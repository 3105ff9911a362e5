"""What every API call passes through: faults, the policies of the caller, CloudTrail."""

import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ecsdash.sandbox.faults.settings import FaultSettings
from ecsdash.sandbox.http import garbled, trust
from ecsdash.sandbox.http.api_call import ApiCall
from ecsdash.sandbox.http.cloudtrail import CloudTrail, is_lookup
from ecsdash.sandbox.http.messages import LostResponseError, Request, Response, error_response
from ecsdash.sandbox.http.policies import refusal
from ecsdash.sandbox.http.policy_simulation import is_simulation, simulate
from ecsdash.sandbox.http.principal import Principal, principal_of
from ecsdash.sandbox.scope import Scope

REQUEST_ID = "x-amzn-RequestId"
_ISSUED_KEY = re.compile(rb"<AccessKeyId>([^<]{1,128})</AccessKeyId>")
_THROTTLED = {"ecs": "ThrottlingException", "ec2": "RequestLimitExceeded"}
_SLOW_DOWN = (b"ThrottlingException", b"RequestLimitExceeded", b">Throttling<")
_BROKEN = {"ecs": "ServerException", "ec2": "InternalError"}


class ApiMiddleware:
    def __init__(self, faults: FaultSettings, lock: threading.RLock) -> None:
        self._faults, self._lock = faults, lock
        self._never = threading.Event()
        self.cloudtrail = CloudTrail()
        self.on_change: Callable[[Scope, dict[str, Any]], None] = lambda scope, event: None
        """Called with CloudTrail's event of each recorded call."""
        self.calls: Counter[str] = Counter()
        """Number of calls by action."""
        self.first: dict[str, float] = {}
        """Time of the first call of each action: real seconds since the epoch."""
        self.throttled: Counter[str] = Counter()
        self.policies_bind = True
        """Whether a role is refused the actions that its policies do not allow."""

    def respond(self, request: Request, serve: Callable[[Request, str], Response]) -> Response:
        """Raise LostResponseError when the call took effect and its response must be dropped."""
        call = ApiCall(request)
        self.first.setdefault(call.action, time.time())
        if late := self._faults.delay(call.action):
            self._never.wait(late)
        answer = self._fault(call) or self._serve(call, serve)
        self._count(call, answer)
        if self._faults.affects("answers-lost", call.action):
            raise LostResponseError
        if self._faults.affects("answers-garbled", call.action):
            return self._faults.choice(garbled.KINDS)(answer)
        return answer

    def _count(self, call: ApiCall, answer: Response) -> None:
        with self._lock:
            self.calls[call.action] += 1
            if answer.status in (400, 503) and any(code in answer.body for code in _SLOW_DOWN):
                self.throttled[call.action] += 1

    def _fault(self, call: ApiCall) -> Response | None:
        if self._faults.affects("api-throttling", call.action):
            code = _THROTTLED.get(call.service, "ThrottlingException" if call.request.target else "Throttling")
            return error_response(call.request, code, "Rate exceeded", 503 if call.service == "ec2" else 400)
        if self._faults.affects("api-errors", call.action):
            code = _BROKEN.get(call.service, "InternalFailure")
            return error_response(call.request, code, "An internal error has occurred.", 500)
        return None

    def _serve(self, call: ApiCall, serve: Callable[[Request, str], Response]) -> Response:
        with self._lock:
            principal = principal_of(call.request)
            if is_lookup(call.request):
                return self._refusal(call, principal) or self.cloudtrail.lookup(call.request)
            if is_simulation(call.request):
                return self._refusal(call, principal) or simulate(call.request, principal)
        answer = self._refusal(call, principal) or serve(call.request, principal.arn)
        if not call.changes:
            return answer
        if call.action == trust.ASSUME and (key := _ISSUED_KEY.search(answer.body)):
            trust.remember_source_identity(call.scope, call.params, key[1].decode(), principal)
        request_id = next((value for name, value in answer.headers.items() if name.lower() == REQUEST_ID.lower()), "")
        if not request_id:
            request_id = str(uuid.uuid4())
            answer = replace(answer, headers={**answer.headers, REQUEST_ID: request_id})
        with self._lock:
            self.on_change(call.scope, self.cloudtrail.record(call, principal, answer, request_id))
        return answer

    def _refusal(self, call: ApiCall, principal: Principal) -> Response | None:
        if not self.policies_bind:
            return None
        if principal.policies:
            for need in call.needs():
                verdict = principal.judge(need.action, need.resource, need.context)
                if verdict != "allowed":
                    return _forbidden(call, refusal(verdict, principal.arn, need.action, need.resource))
        return self._untrusted(call, principal) if call.action == trust.ASSUME else None

    def _untrusted(self, call: ApiCall, principal: Principal) -> Response | None:
        """Return the refusal of the role's trust policy, None when the role may be assumed."""
        (need,) = call.needs()
        if not (action := trust.refused_action(call.scope, call.params, principal, need.context)):
            return None
        message = f"User: {principal.arn} is not authorized to perform: {action} on resource: {need.resource}"
        return _forbidden(call, message)


def _forbidden(call: ApiCall, message: str) -> Response:
    if call.service == "ec2":
        message = f"You are not authorized to perform this operation. {message}"
        return error_response(call.request, "UnauthorizedOperation", message, 403)
    if call.request.target:
        return error_response(call.request, "AccessDeniedException", message, 400)
    return error_response(call.request, "AccessDenied", message, 403)
