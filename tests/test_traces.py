"""Traces: one trace from the click to the calls of AWS, sent to a collector, without what somebody typed."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from ecsdash import tracing
from ecsdash.access.models import User
from ecsdash.inventory.models import Account
from ecsdash.inventory.scope import Scope
from ecsdash.operations.models import Operation
from tests.operations.drive import drive, review
from tests.processes import REGION, Sandbox
from tests.test_log_lines import FORM


@dataclass
class Collector:
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Span]:
        tracing.flush()
        exports = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [span for each in exports for of in each.resource_spans for in_ in of.scope_spans for span in in_.spans]


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector of traces, to which this process sends its own."""
    found = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    tracing.configure(f"http://127.0.0.1:{server.server_port}/v1/traces")
    yield found
    tracing.flush()
    tracing.configure("")
    server.shutdown()
    thread.join()
    server.server_close()


def attributes(span: Span) -> dict[str, str]:
    return {each.key: each.value.string_value for each in span.attributes}


@pytest.mark.django_db(transaction=True)
def test_a_click_is_one_trace_down_to_the_aws_calls(
    sandbox: Sandbox, aws_account: Account, operator: User, client: Client, collector: Collector
) -> None:
    at = {"account": "demo", "region": REGION}
    draft = review("create_cluster", operator, Scope(aws_account, REGION), at, {**FORM, "name": "typed-by-somebody"})
    client.force_login(operator)
    client.post(f"/plans/{draft.pk}/confirm/?q=typed-by-somebody", headers={"X-Request-ID": "click-0123456789"})
    operation = Operation.objects.get()
    drive(operation)

    spans = collector.spans()
    (click,) = [span for span in spans if span.name == "POST /plans/<uuid:pk>/confirm/"]
    trace = [span for span in spans if span.trace_id == click.trace_id]
    turn = next(span for span in trace if span.name == "operation create_cluster")
    call = next(span for span in trace if span.name == "ecs CreateCluster")
    assert turn.start_time_unix_nano < call.start_time_unix_nano < call.end_time_unix_nano < turn.end_time_unix_nano
    assert call.parent_span_id in {span.span_id for span in trace if span.name == turn.name}
    assert attributes(turn) == {"ecsdash.operation": str(operation.pk), "ecsdash.request_id": "click-0123456789"}
    assert attributes(call)["aws.outcome"] == "ok"
    assert [attributes(call)["aws.aws_request_id"]] == operation.steps.get(title__icontains="create").request_ids
    assert b"typed-by-somebody" not in b"".join(collector.bodies)


def test_without_an_address_nothing_is_recorded(client: Client, collector: Collector) -> None:
    tracing.configure("")
    client.get("/healthz")
    assert collector.spans() == []
