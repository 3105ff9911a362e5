"""All metric families. A source that is not available is left out, and says so in `ecsdash_source_up`."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import structlog
from django.db import DatabaseError
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from ecsdash.operating.metrics import audit, counters, inventory, operations, queues

Source = Callable[[], Iterable[Metric]]
SOURCES: Final[dict[str, Source]] = {
    "operations": operations.families,
    "inventory": inventory.families,
    "audit": audit.families,
    "queues": queues.families,
    "counters": counters.families,
}
log = structlog.get_logger(__name__)


class Families(Collector):
    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("ecsdash_source_up", "1 if these metrics could be read.", labels=["source"])
        for name, source in SOURCES.items():
            try:
                found = list(source())
            except (DatabaseError, RedisError, OSError) as error:
                log.warning("metrics_not_read", source=name, error=str(error))
                found = []
                up.add_metric([name], 0)
            else:
                up.add_metric([name], 1)
            yield from found
        yield up


def exposition() -> bytes:
    """Return all metrics in Prometheus' text format."""
    return generate_latest(Families())
