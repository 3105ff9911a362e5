"""What every API call passes: the weather, the caller's policies, and the trail of changes."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from ecsdash.sandbox.faults.settings import Sky
from ecsdash.sandbox.http.api_call import Asked
from ecsdash.sandbox.http.cloudtrail import Trail, is_lookup
from ecsdash.sandbox.http.messages import Answer, LostAnswerError, Request, error_answer
from ecsdash.sandbox.http.policies import judge, refusal
from ecsdash.sandbox.http.policy_simulation import is_simulation, simulate
from ecsdash.sandbox.http.principal import Principal, principal_of

REQUEST_ID = "x-amzn-RequestId"
_THROTTLED = {"ecs": "ThrottlingException", "ec2": "RequestLimitExceeded"}
_SLOW_DOWN = (b"ThrottlingException", b"RequestLimitExceeded", b">Throttling<")
_BROKEN = {"ecs": "ServerException", "ec2": "InternalError"}


class Gate:
    def __init__(self, sky: Sky, lock: threading.RLock) -> None:
        self._sky, self._lock = sky, lock
        self._never = threading.Event()
        self.trail = Trail()
        self.calls: Counter[str] = Counter()
        """How often each action was asked for."""
        self.first: dict[str, float] = {}
        """When each action came in first: real seconds since the epoch."""
        self.throttled: Counter[str] = Counter()
        self.policies_bind = True
        """Whether a role whose policies lack an action is refused."""

    def answer(self, request: Request, serve: Callable[[Request, str], Answer]) -> Answer:
        """Raises LostAnswerError when the call took effect and nobody shall hear of it."""
        asked = Asked(request)
        self.first.setdefault(asked.action, time.time())
        if late := self._sky.delay(asked.action):
            self._never.wait(late)
        answer = self._hindrance(asked) or self._serve(asked, serve)
        self._count(asked, answer)
        if self._sky.strikes("answers-lost", asked.action):
            raise LostAnswerError
        return answer

    def _count(self, asked: Asked, answer: Answer) -> None:
        with self._lock:
            self.calls[asked.action] += 1
            if answer.status in (400, 503) and any(code in answer.body for code in _SLOW_DOWN):
                self.throttled[asked.action] += 1

    def _hindrance(self, asked: Asked) -> Answer | None:
        if self._sky.strikes("api-throttling", asked.action):
            code = _THROTTLED.get(asked.service, "ThrottlingException" if asked.request.target else "Throttling")
            return error_answer(asked.request, code, "Rate exceeded", 503 if asked.service == "ec2" else 400)
        if self._sky.strikes("api-errors", asked.action):
            code = _BROKEN.get(asked.service, "InternalFailure")
            return error_answer(asked.request, code, "An internal error has occurred.", 500)
        return None

    def _serve(self, asked: Asked, serve: Callable[[Request, str], Answer]) -> Answer:
        with self._lock:
            principal = principal_of(asked.request)
            if is_lookup(asked.request):
                return self._refusal(asked, principal) or self.trail.lookup(asked.request)
            if is_simulation(asked.request):
                return self._refusal(asked, principal) or simulate(asked.request, principal)
        answer = self._refusal(asked, principal) or serve(asked.request, principal.arn)
        if not asked.changes:
            return answer
        request_id = next((value for name, value in answer.headers.items() if name.lower() == REQUEST_ID.lower()), "")
        if not request_id:
            request_id = str(uuid.uuid4())
            answer = replace(answer, headers={**answer.headers, REQUEST_ID: request_id})
        with self._lock:
            self.trail.record(asked, principal, answer, request_id)
        return answer

    def _refusal(self, asked: Asked, principal: Principal) -> Answer | None:
        if not (self.policies_bind and principal.policies):
            return None
        for action, resource in asked.needs():
            verdict = judge(principal.policies, action, resource, asked.context())
            if verdict != "allowed":
                return _forbidden(asked, refusal(verdict, principal.arn, action, resource))
        return None


def _forbidden(asked: Asked, message: str) -> Answer:
    if asked.service == "ec2":
        message = f"You are not authorized to perform this operation. {message}"
        return error_answer(asked.request, "UnauthorizedOperation", message, 403)
    if asked.request.target:
        return error_answer(asked.request, "AccessDeniedException", message, 400)
    return error_answer(asked.request, "AccessDenied", message, 403)
