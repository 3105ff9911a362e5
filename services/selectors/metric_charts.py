"""Charts of services, clusters and container instances from their stored metrics."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ecsdash.web.charts import Chart, Line
from services.models import MetricSeries

MINUTE: Final = 60
MEBIBYTE: Final = 1024 * 1024
FROM_INVENTORY: Final = "Counted from the tasks in the inventory."
FROM_INSIGHTS: Final = "From Container Insights."


@dataclass(frozen=True)
class _Values:
    """The values of a series by name; `lines` leaves out those that have no value."""

    series: MetricSeries

    def line(self, label: str, name: str, factor: float = 1, *, own_scale: bool = False) -> Line:
        values: Sequence[float | None] = self.series.values.get(name, ())
        if factor != 1:
            values = [None if value is None else round(value * factor, 3) for value in values]
        return Line(label, values, own_scale)

    def chart(self, name: str, title: str, *lines: Line, **more: Any) -> Chart:
        return Chart(name, title, self.series.times, [line for line in lines if line.values], **more)

    def groups(self) -> list[str]:
        """Return the names of the target groups."""
        return sorted({name.partition(":")[2] for name in self.series.values if name.startswith("healthy:")})

    def utilization(self) -> Iterator[Chart]:
        for name, title in (("cpu", "CPU utilization"), ("memory", "Memory utilization")):
            lines = self.line("Average", name), self.line("Maximum", f"{name}_max")
            yield self.chart(name, title, *lines, unit="%", high=_high(lines))


def _high(lines: Sequence[Line]) -> float | None:
    """Return 100 %, None if more was used than reserved: tasks on instances may."""
    return None if any((value or 0) > 100 for line in lines for value in line.values) else 100


def service_charts(series: MetricSeries) -> list[Chart]:
    values = _Values(series)
    return _with_values([*values.utilization(), _service_tasks(values), *_traffic(values)])


def cluster_charts(series: MetricSeries) -> list[Chart]:
    values = _Values(series)
    reserved = values.line("CPU", "cpu_reserved"), values.line("Memory", "memory_reserved")
    names = "Reserved on container instances", "Running tasks", "Reserved by tasks"
    charts = (
        *values.utilization(),
        values.chart("reserved", names[0], *reserved, unit="%", high=100),
        values.chart("tasks", names[1], _running(values, "tasks"), hint=_source(values, "tasks")),
        _reserved_by_tasks(values, names[2]),
    )
    return _with_values(charts)


def instance_charts(series: MetricSeries) -> list[Chart]:
    values = _Values(series)
    cpu = values.line("Average", "cpu"), values.line("Maximum", "cpu_max")
    network = [values.line(label, name, 1 / MEBIBYTE) for label, name in (("In", "network_in"), ("Out", "network_out"))]
    charts = (
        values.chart("cpu", "CPU utilization of the EC2 instance", *cpu, unit="%", high=100),
        _reserved_by_tasks(values, "Reserved by tasks"),
        values.chart("tasks", "Running tasks", _running(values, ""), hint=FROM_INVENTORY),
        values.chart("network", "Network, in each period", *network, unit="MiB"),
    )
    return _with_values(charts)


def _with_values(charts: Sequence[Chart]) -> list[Chart]:
    return [chart for chart in charts if chart.lines]


def _source(values: _Values, name: str) -> str:
    return FROM_INSIGHTS if name in values.series.values else FROM_INVENTORY


def _running(values: _Values, name: str) -> Line:
    return values.line("Running tasks", name if name in values.series.values else "our_running")


def _reserved_by_tasks(values: _Values, title: str) -> Chart:
    memory = values.line("Memory (GiB)", "our_memory", 1 / 1024, own_scale=True)
    return values.chart(
        "reserved-by-tasks", title, values.line("vCPU", "our_cpu", 1 / 1024), memory, hint=FROM_INVENTORY
    )


def _service_tasks(values: _Values) -> Chart:
    lines = [_running(values, "running"), values.line("Desired", "desired"), values.line("Pending", "pending")]
    return values.chart("tasks", "Tasks", *lines, hint=_source(values, "running"))


def _traffic(values: _Values) -> Iterator[Chart]:
    groups, per_minute = values.groups(), MINUTE / values.series.period
    for group in groups:
        of = f" of {group}" if len(groups) > 1 else ""
        key = f"-{group}" if of else ""
        yield values.chart(
            f"requests{key}", f"Requests{of}", values.line("Requests", f"requests:{group}", per_minute), unit="/min"
        )
        yield values.chart(
            f"latency{key}", f"Target response time{of}",
            *(values.line(name, f"{name}:{group}", 1000) for name in ("p50", "p95", "p99")), unit="ms",
        )  # fmt: skip
        yield values.chart(
            f"errors{key}", f"Responses with errors{of}",
            *(values.line(name, f"{name}:{group}", per_minute) for name in ("4xx", "5xx")), unit="/min",
        )  # fmt: skip
        hosts = values.line("Healthy", f"healthy:{group}"), values.line("Unhealthy", f"unhealthy:{group}")
        yield values.chart(f"targets{key}", f"Targets{of}", *hosts)


def with_tables(charts: Sequence[Chart], addresses: Mapping[str, str]) -> list[Chart]:
    """Return the charts with the addresses of their tables, by name."""
    return [replace(chart, table_url=addresses[chart.name]) for chart in charts]
