"""Former settings of resources, which show what a change made elsewhere replaced."""

from typing import Any

from django.db import models

from ecsdash.inventory.models.account import Account


class FormerState(models.Model):
    """Settings that a resource had until a sweep or event found others: `values` are the members of its description
    that its model names in SETTINGS."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    arn = models.CharField(max_length=600)
    until = models.DateTimeField()
    values: Any = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["arn", "until"], name="former_states_by_arn"),
            models.Index(fields=["until"], name="former_states_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.arn} until {self.until}"
