"""Values of CloudWatch metrics over one period of time, read by a job while a page shows them."""

from django.db import models

from ecsdash.inventory.models import Account


class MetricSeries(models.Model):
    """Metrics of one service, cluster or container instance over one period of time, shared by everybody who looks at
    it, and deleted soon after nobody does.

    `subject` names the thing (services.sync.metric_sources.Subject). Times are in seconds since 1970. The values are
    one for each `period` seconds from `start` on, None where CloudWatch has none, by the name of the metric.
    `fetched_at` is None until CloudWatch first answered or refused; `error` is why the last reading failed.
    """

    key = models.CharField(max_length=64, unique=True, help_text="Digest of the account, region, subject and time")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=30)
    subject = models.JSONField()
    start = models.BigIntegerField()
    end = models.BigIntegerField()
    period = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["fetched_at"], name="metric_series_by_age")]

    def __str__(self) -> str:
        return f"{self.subject} from {self.start} to {self.end}"

    @property
    def times(self) -> list[int]:
        return list(range(self.start, self.end, self.period))
