"""Failures that somebody has seen: they no longer stay under "Needs attention", for everybody."""

from django.conf import settings
from django.db import models

from ecsdash.inventory.models import Account


class SeenProblem(models.Model):
    """`key` names the failure (services.selectors.past_failures). A later failure has another key."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=700, unique=True)
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["seen_at"])]

    def __str__(self) -> str:
        return self.key
