"""One log line and one span for each attempt of an AWS call: what, where, outcome, duration, request ID of AWS.

They hold no parameters.
"""

import threading
import time
from typing import Any

import structlog
from botocore.session import Session

from ecsdash import tracing

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
        facts = {
            "service": service,
            "call": operation,
            "account": self.account,
            "region": self.region,
            "outcome": code or "ok",
            "status": meta.get("HTTPStatusCode", 0),
            "aws_request_id": meta.get("RequestId", ""),
        }
        seconds = time.monotonic() - getattr(self._attempt, "began", time.monotonic())
        log.info("aws_call", **facts, seconds=round(seconds, 3))
        now = time.time()
        tracing.record(f"{service} {operation}", now - seconds, now, **{f"aws__{name}": facts[name] for name in facts})
