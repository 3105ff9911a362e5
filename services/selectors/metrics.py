"""Charts of a service from its stored CloudWatch metrics."""

from ecsdash.web.charts import Chart, Line
from services.models import Service, ServiceMetrics


def metrics_of(service: Service) -> ServiceMetrics | None:
    return ServiceMetrics.objects.filter(service=service).first()


def charts(metrics: ServiceMetrics) -> list[Chart]:
    return [
        Chart("cpu", "CPU utilization", metrics.times, [Line("CPU", metrics.cpu)], unit="%", high=100),
        Chart("memory", "Memory utilization", metrics.times, [Line("Memory", metrics.memory)], unit="%", high=100),
    ]
