from django.db import models

from ecsdash.inventory.models import Account
from ecsdash.inventory.models.resource import ResourceQuerySet


class CostDay(models.Model):
    """What one thing was estimated to cost a month on a day: a service, or a part of a cluster or region.

    `kind` is a CostKind. `service_name` is empty except for services, `cluster_name` for what belongs to no cluster.
    """

    ACCESS_LOOKUPS = {
        "account": "account__alias", "region": "region", "cluster": "cluster_name", "service": "service_name",
    }  # fmt: skip

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    region = models.CharField(max_length=30)
    day = models.DateField()
    kind = models.CharField(max_length=20)
    cluster_name = models.CharField(max_length=255, blank=True)
    service_name = models.CharField(max_length=255, blank=True)
    amount = models.FloatField()

    objects = ResourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "region", "day", "kind", "cluster_name", "service_name"], name="one_cost_per_day"
            )
        ]
        indexes = [models.Index(fields=["day"], name="costs_by_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.cluster_name} {self.service_name} {self.day}"
