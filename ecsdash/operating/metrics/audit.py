"""The audit trail: events, what no checkpoint covers yet, and what sinks have not received."""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ecsdash.audit import checkpoints
from ecsdash.audit.models import Checkpoint, SinkProgress
from ecsdash.audit.sinks import delivery


def families() -> Iterator[Metric]:
    newest, _ = checkpoints.newest_event()
    yield CounterMetricFamily("ecsdash_audit_events", "Events of the audit trail.", newest)
    last = Checkpoint.objects.order_by("-number").first()
    unsigned = newest - (last.count if last else 0)
    yield GaugeMetricFamily("ecsdash_audit_unsigned_events", "Events that no checkpoint covers yet.", unsigned)
    age = (timezone.now() - last.at).total_seconds() if last else 0
    yield GaugeMetricFamily("ecsdash_audit_checkpoint_age_seconds", "Age of the last checkpoint.", age)
    differs = bool(checkpoints.contradiction())
    yield GaugeMetricFamily("ecsdash_audit_contradicted", "1 if the trail differs from its last checkpoint.", differs)
    backlog = GaugeMetricFamily(
        "ecsdash_audit_sink_backlog", "Rows that a sink has not received.", labels=["stream", "sink"]
    )
    failures = GaugeMetricFamily(
        "ecsdash_audit_sink_failures", "Failed tries since the last delivery.", labels=["stream", "sink"]
    )
    for stream, sink in delivery.configured():
        known = SinkProgress.objects.filter(stream=stream, sink=sink.address).first()
        progress = known or SinkProgress(stream=stream, sink=sink.address)
        backlog.add_metric([stream.value, sink.address], delivery.backlog(progress))
        failures.add_metric([stream.value, sink.address], progress.failures)
    yield backlog
    yield failures
