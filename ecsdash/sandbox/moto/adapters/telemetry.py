from collections.abc import Sequence
from datetime import UTC, datetime

from moto.cloudwatch.models import MetricDatum, cloudwatch_backends
from moto.logs.models import LogGroup, logs_backends

from ecsdash.sandbox.ecs.aws_services import Alarm, Metric
from ecsdash.sandbox.scope import Scope

KEPT_DATA_POINTS = 30_000
KEPT_LINES = 20_000


class TelemetryAdapter:
    def log_group_exists(self, scope: Scope, group: str) -> bool:
        return group in logs_backends[scope.account][scope.region].groups

    def create_log_group(self, scope: Scope, group: str) -> None:
        if not self.log_group_exists(scope, group):
            logs_backends[scope.account][scope.region].create_log_group(group, {})

    def put_log_lines(self, scope: Scope, group: str, stream: str, lines: Sequence[tuple[int, str]]) -> None:
        found: LogGroup | None = logs_backends[scope.account][scope.region].groups.get(group)
        if found is None or not lines:
            return
        if stream not in found.streams:
            found.create_log_stream(stream)
        # Straight into the stream: the API would refuse the time of a clock that runs ahead.
        target = found.streams[stream]
        target.put_log_events([{"timestamp": at, "message": text} for at, text in lines])
        del target.events[:-KEPT_LINES]

    def alarm(self, scope: Scope, name: str) -> Alarm | None:
        found = cloudwatch_backends[scope.account][scope.region].alarms.get(name)
        if found is None:
            return None
        seconds = float(getattr(found, "period", None) or 0) * int(getattr(found, "evaluation_periods", None) or 1)
        return Alarm(found.state_value == "ALARM", seconds)

    def put_metrics(self, scope: Scope, namespace: str, metrics: Sequence[Metric], at: float) -> None:
        kept = cloudwatch_backends[scope.account][scope.region].metric_data
        time = datetime.fromtimestamp(at, UTC).replace(tzinfo=None)  # moto compares times without zones
        for metric in metrics:
            dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
            kept.append(MetricDatum(namespace, metric.name, metric.value, dimensions, time, metric.unit))
        del kept[:-KEPT_DATA_POINTS]
