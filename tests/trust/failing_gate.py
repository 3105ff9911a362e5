"""A way to AWS on which one writing call fails: AWS refuses it, or throttles it, or it takes effect and its answer is
lost."""

import json

from tests.operations.tollgate import READS, REST, Answered, Hold, Tollgate, operation_of
from tests.processes import Sandbox

TEXT = "The tests refuse this call."
REFUSED, THROTTLED = "AccessDenied", "ThrottlingException"


class FailingGate(Tollgate):
    """`failed` names the operation that failed, once it did. The writing calls are counted from the last `fail`."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.fail()

    def fail(self, *, refused_at: int = -1, throttled_at: int = -1, lost_at: int = -1) -> None:
        self.codes = {refused_at: REFUSED, throttled_at: THROTTLED}
        self.lost_at, self.counted, self.failed = lost_at, 0, ""
        self.hold = None

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answered:
        operation = operation_of(method, path, headers, body)
        if READS.match(operation):
            return super().forward(method, path, headers, body)
        self.counted += 1
        code = self.codes.get(self.counted - 1)
        if code is None:
            return super().forward(method, path, headers, body)
        self.failed = operation
        return 403, *_error(code, path, headers)

    def take_hold(self, operation: str, request: bytes) -> Hold | None:
        """The answer of the call is never written."""
        if READS.match(operation) or self.counted != self.lost_at or self.failed:
            return None
        self.failed = operation
        lost = Hold("after", operation=operation)
        lost.release.set()
        return lost


def _error(code: str, path: str, headers: dict[str, str]) -> tuple[list[tuple[str, str]], bytes]:
    """Return the headers and the body of an error response in the protocol of the request."""
    if path.startswith(REST) or headers.get("X-Amz-Target"):
        content = json.dumps({"__type": code, "message": TEXT}).encode()
        return [("Content-Type", "application/json"), ("x-amzn-ErrorType", code)], content
    detail = f"<Code>{code}</Code><Message>{TEXT}</Message>"
    if "/ec2/aws4_request" in headers.get("Authorization", ""):
        error = f"<Response><Errors><Error>{detail}</Error></Errors><RequestID>1</RequestID></Response>"
    else:
        error = f"<ErrorResponse><Error><Type>Sender</Type>{detail}</Error><RequestId>1</RequestId></ErrorResponse>"
    return [("Content-Type", "text/xml")], error.encode()
