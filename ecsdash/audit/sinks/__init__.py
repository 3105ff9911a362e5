"""Sinks: places outside the database that receive events or checkpoints, named by an address in the settings."""

from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import SplitResult, urlsplit

from ecsdash.audit.sinks.base import Sink
from ecsdash.audit.sinks.file import FileSink
from ecsdash.audit.sinks.s3 import S3Sink
from ecsdash.audit.sinks.syslog import SyslogSink
from ecsdash.audit.sinks.webhook import WebhookSink

KINDS: Final[dict[str, Callable[[SplitResult], Sink]]] = {
    "file": FileSink.at,
    "s3": S3Sink.at,
    "syslog": SyslogSink.at,
    "syslog+tls": SyslogSink.at,
    "https": WebhookSink.at,
    "http": WebhookSink.at,
}


def sink(address: str) -> Sink:
    """Return the sink at an address. Raise ValueError with the reason, without secrets, when there can be none."""
    parts = urlsplit(address)
    if parts.scheme not in KINDS:
        raise ValueError(f"the address must begin with one of: {', '.join(f'{kind}:' for kind in KINDS)}")
    return KINDS[parts.scheme](parts)


def sinks(addresses: Iterable[str]) -> list[Sink]:
    return [sink(address) for address in addresses]
