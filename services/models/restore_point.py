"""The states of services that worked, kept for going back to them."""

from typing import Any

from django.db import models

from services.models.service import Service


class RestorePoint(models.Model):
    """A service as it was when a deployment became steady. `document` has the members of CreateService, `scaling` the
    bounds of Application Auto Scaling at that time: {"MinCapacity": 1, "MaxCapacity": 4}, empty without scaling."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="restore_points")
    deployment = models.CharField(max_length=100, help_text="ID of the deployment: ecs-svc/123")
    steady_at = models.DateTimeField(help_text="When it was first seen steady")
    document = models.JSONField()
    scaling = models.JSONField(default=dict)

    class Meta:
        ordering = ["-steady_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["service", "deployment"], name="one_restore_point_each")]
        indexes = [models.Index(fields=["service", "-steady_at"])]

    def __str__(self) -> str:
        return f"{self.revision} at {self.steady_at:%Y-%m-%d %H:%M}"

    @property
    def revision(self) -> str:
        """Return the `family:revision` of the task definition."""
        return str(self.document.get("taskDefinition", ""))

    @property
    def tasks(self) -> int | None:
        """Return the desired tasks; None for a daemon."""
        found: Any = self.document.get("desiredCount")
        return None if found is None else int(found)
