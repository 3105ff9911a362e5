"""Counters of all processes: requests, AWS calls, lost leases."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from ecsdash.web import process_counters
from ecsdash.web.request_metrics import BUCKETS, REQUESTS, SECONDS

#: Name -> what it counts, and its labels.
COUNTERS: Final = {
    REQUESTS: ("Requests by kind (page, poll, static) and status.", ["kind", "status"]),
    "ecsdash_aws_calls": ("Attempts of AWS calls by service and outcome.", ["service", "outcome"]),
    "ecsdash_lease_losses": ("Writes that a worker gave up because the lease of its operation had expired.", []),
}
Values = Mapping[process_counters.Counter, float]


def families() -> Iterator[Metric]:
    values = process_counters.read()
    for name, (help_text, labels) in COUNTERS.items():
        family = CounterMetricFamily(name, help_text, labels=labels)
        found = {counter[1]: value for counter, value in values.items() if counter[0] == name}
        for named, value in found.items():
            family.add_metric([dict(named)[label] for label in labels], value)
        if not labels and not found:
            family.add_metric([], 0)
        yield family
    yield _durations(values)


def _durations(values: Values) -> Metric:
    counts: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (name, labels), value in values.items():
        if name == SECONDS:
            named = dict(labels)
            counts[named["kind"]][named["le"]] = value
    family = HistogramMetricFamily(SECONDS, "Seconds until the response of a request began.", labels=["kind"])
    for kind, found in counts.items():
        total, buckets = 0.0, []
        for bound in BUCKETS:
            total += found.get(bound, 0)
            buckets.append((bound, total))
        family.add_metric([kind], buckets, values.get((f"{SECONDS}_sum", (("kind", kind),)), 0.0))
    return family
