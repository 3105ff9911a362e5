"""Optional OpenTelemetry traces: a span for each request, each turn of an operation and each attempt of an AWS call.

Spans of one click belong to one trace, whichever process makes them: its ID follows from the ID of the request. They
hold names, statuses and IDs, never a parameter, a query string or a text that somebody typed.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

SERVICE: Final = "ecsdash"
_endpoint = ""


def configure(endpoint: str) -> None:
    """Send traces to this OTLP address (HTTP, protobuf); an empty one switches them off. Nothing is connected yet."""
    global _endpoint
    _endpoint = endpoint


@contextmanager
def span(name: str, request_id: str = "", **attributes: Any) -> "Iterator[Span | None]":
    """Record what happens in the block. `request_id` begins or continues the trace of that request."""
    if not _endpoint:
        yield None
        return
    tracer = _provider(_endpoint).get_tracer(SERVICE)
    with tracer.start_as_current_span(name, context=_trace_of(request_id), attributes=_plain(attributes)) as made:
        yield made


def record(name: str, began: float, ended: float, **attributes: Any) -> None:
    """Record a span that is over. Times are seconds since the epoch."""
    if not _endpoint:
        return
    tracer = _provider(_endpoint).get_tracer(SERVICE)
    made = tracer.start_span(name, start_time=int(began * 1e9), attributes=_plain(attributes))
    made.end(int(ended * 1e9))


def flush() -> None:
    """Send what has been recorded."""
    if _endpoint:
        _provider(_endpoint).force_flush()


@cache
def _provider(endpoint: str) -> "TracerProvider":
    """Return the sender, made by the first span: after a server or worker has started its processes."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": SERVICE}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return provider


def _trace_of(request_id: str) -> "Context | None":
    """Return a context with the trace of a request; None for the current one."""
    if not request_id:
        return None
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

    digest = hashlib.sha256(request_id.encode()).digest()
    trace, parent = int.from_bytes(digest[:16], "big"), int.from_bytes(digest[16:24], "big")
    sampled = TraceFlags(TraceFlags.SAMPLED)
    return set_span_in_context(NonRecordingSpan(SpanContext(trace, parent, is_remote=True, trace_flags=sampled)))


def _plain(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes with dots in their names, as OpenTelemetry writes them."""
    return {name.replace("__", "."): value for name, value in attributes.items()}
