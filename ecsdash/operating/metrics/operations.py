"""Operations by state and age, drafts."""

from collections.abc import Iterator

from django.db.models import Count, ExpressionWrapper, F, Max, fields
from django.db.models.functions import Now
from prometheus_client.core import GaugeMetricFamily, Metric

from ecsdash.operations.models import Draft, Operation
from ecsdash.operations.states import ACTIVE, OperationState


def families() -> Iterator[Metric]:
    count = GaugeMetricFamily("ecsdash_operations", "Operations that are kept, by state.", labels=["state"])
    counts = dict(Operation.objects.order_by().values_list("state").annotate(count=Count("pk")))
    for state in OperationState:
        count.add_metric([state.value], counts.get(state.value, 0))
    yield count
    age = ExpressionWrapper(Now() - F("created_at"), output_field=fields.DurationField())
    oldest = dict(Operation.objects.order_by().filter(state__in=ACTIVE).values_list("state").annotate(oldest=Max(age)))
    ages = GaugeMetricFamily(
        "ecsdash_operations_oldest_seconds", "Age of the oldest operation in progress, by state.", labels=["state"]
    )
    for active in ACTIVE:
        ages.add_metric([active.value], oldest[active.value].total_seconds() if active.value in oldest else 0)
    yield ages
    expired = Operation.objects.filter(state=OperationState.RUNNING, lease_until__lte=Now()).count()
    yield GaugeMetricFamily("ecsdash_operations_without_worker", "Running operations whose lease expired.", expired)
    yield GaugeMetricFamily("ecsdash_drafts", "Reviewed plans that were not confirmed.", Draft.objects.count())
