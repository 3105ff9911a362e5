"""Logs as JSON lines on standard error, without local variables (they can hold secrets)."""

from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from ecsdash.masking import mask


def masked(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Mask secrets in a log event, also in its traceback."""
    found: EventDict = mask(event)
    return found


def current_request_id() -> str:
    """Return the ID of the request, or of the operation's request, that this code works for; empty without one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


#: Loggers whose debug messages contain the bodies of requests to AWS.
WITH_BODIES = ("botocore", "boto3", "urllib3")
#: Loggers that write several lines for each job of the schedule.
JOB_LOGGERS = ("celery", "kombu")
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
    masked,
]


def logging_config(level: str) -> dict[str, Any]:
    """Return the LOGGING setting, and configure structlog."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    json = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processor": structlog.processors.JSONRenderer(),
        "foreign_pre_chain": SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": json},
        "handlers": {"stderr": {"class": "ecsdash.outages.QuietHandler", "formatter": "json"}},
        "loggers": {
            **{name: {"level": "INFO"} for name in WITH_BODIES},
            **{name: {"level": "WARNING"} for name in JOB_LOGGERS},
        },
        "root": {"handlers": ["stderr"], "level": level},
    }
