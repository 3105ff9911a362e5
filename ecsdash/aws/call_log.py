"""One log line for each attempt of an AWS call: what, where, outcome, duration, and AWS's request ID. No parameters."""

import threading
import time
from typing import Any

import structlog
from botocore.session import Session

log = structlog.get_logger(__name__)


class CallLog:
    """Logs the calls of one botocore session, whose account and region it names."""

    def __init__(self, account: str, region: str) -> None:
        self.account, self.region = account, region
        self._attempt = threading.local()

    def register(self, session: Session) -> None:
        """Call after everything that may delay a request has been registered."""
        session.register("before-send", self._note_start)
        session.register("response-received", self._log)

    def _note_start(self, **_: Any) -> None:
        self._attempt.began = time.monotonic()

    def _log(self, **event: Any) -> None:
        _, service, operation = event["event_name"].split(".")
        answer: dict[str, Any] = event["parsed_response"] or {}
        meta = answer.get("ResponseMetadata", {})
        error = event["exception"]
        code = type(error).__name__ if error else answer.get("Error", {}).get("Code", "")
        log.info(
            "aws_call",
            service=service,
            call=operation,
            account=self.account,
            region=self.region,
            outcome=code or "ok",
            status=meta.get("HTTPStatusCode", 0),
            seconds=round(time.monotonic() - getattr(self._attempt, "began", time.monotonic()), 3),
            aws_request_id=meta.get("RequestId", ""),
        )
