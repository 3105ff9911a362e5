"""The state of sweeps."""

from django.db import models

from ecsdash.inventory.models.account import Account


class SweepState(models.Model):
    """The state of the sweeps of one noun in one account and region.

    `fence` grows with every claim: a worker with an older one has lost the sweep. An interrupted run is resumed: it
    began at `run_started_at`, has completed the clusters `clusters_done`, and took `calls` AWS calls and `seconds` so
    far; after a complete run these two are its cost.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sweeps")
    region = models.CharField(max_length=30)
    noun = models.CharField(max_length=40)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    requested_at = models.DateTimeField(null=True)
    in_progress_until = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)
    fence = models.BigIntegerField(default=0)
    run_started_at = models.DateTimeField(null=True)
    clusters_done = models.JSONField(default=list)
    calls = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "region", "noun"], name="one_state_per_noun")]

    def __str__(self) -> str:
        return f"{self.noun} of {self.account} {self.region}"
