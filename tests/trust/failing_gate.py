"""A way to AWS on which one writing call fails for good: AWS refuses it, or it takes effect and its answer is lost."""

import json

from tests.operations.tollgate import EFS, READS, Answered, Hold, Tollgate, operation_of
from tests.processes import Sandbox

CODE, TEXT = "AccessDenied", "The tests refuse this call."
DETAIL = f"<Code>{CODE}</Code><Message>{TEXT}</Message>"
EC2_ERROR = f"<Response><Errors><Error>{DETAIL}</Error></Errors><RequestID>1</RequestID></Response>"
QUERY_ERROR = f"<ErrorResponse><Error><Type>Sender</Type>{DETAIL}</Error><RequestId>1</RequestId></ErrorResponse>"


class FailingGate(Tollgate):
    """`failed` names the operation that failed, once it did. The writing calls are counted from the last `fail...`."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.refused_at = self.lost_at = -1
        self.counted, self.failed = 0, ""

    def fail(self, *, refused_at: int = -1, lost_at: int = -1) -> None:
        self.refused_at, self.lost_at, self.counted, self.failed = refused_at, lost_at, 0, ""
        self.hold = None

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answered:
        operation = operation_of(method, path, headers, body)
        if READS.match(operation):
            return super().forward(method, path, headers, body)
        self.counted += 1
        if self.counted - 1 != self.refused_at:
            return super().forward(method, path, headers, body)
        self.failed = operation
        if path.startswith(EFS) or headers.get("X-Amz-Target"):
            content = json.dumps({"__type": CODE, "message": TEXT}).encode()
            return 403, [("Content-Type", "application/json"), ("x-amzn-ErrorType", CODE)], content
        error = EC2_ERROR if "/ec2/aws4_request" in headers.get("Authorization", "") else QUERY_ERROR
        return 403, [("Content-Type", "text/xml")], error.encode()

    def take_hold(self, operation: str, request: bytes) -> Hold | None:
        """The answer of the call is never written."""
        if READS.match(operation) or self.counted != self.lost_at or self.failed:
            return None
        self.failed = operation
        lost = Hold("after", operation=operation)
        lost.release.set()
        return lost
