"""What Application Auto Scaling does with the desired count of services."""

from typing import Any

from django.db import models

from ecsdash.inventory.models import Choice, Resource
from ecsdash.web.tone import Tone
from services.models.service import IN_SERVICE


class ScalableTarget(Choice):
    """The limits within which a service is scaled; `name` is the ID of the resource: `service/shop/web`."""

    NOUN = "scalable_target"
    SETTINGS = ("MinCapacity", "MaxCapacity", "SuspendedState")

    @property
    def minimum(self) -> int:
        return int(self.description.get("MinCapacity", 0))

    @property
    def maximum(self) -> int:
        return int(self.description.get("MaxCapacity", 0))

    @property
    def suspended(self) -> dict[str, bool]:
        """Return what is suspended, by the API's names."""
        state: dict[str, bool] = self.description.get("SuspendedState") or {}
        return state


class ScalingPolicy(Choice):
    """`alarms` are the CloudWatch alarms that trigger it, as CloudWatch describes them; None: not read yet."""

    NOUN = "scaling_policy"
    SETTINGS = ("PolicyType", "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration")

    resource_id = models.CharField(max_length=600)
    alarms: Any = models.JSONField(null=True)


class ScheduledAction(Choice):
    """A change of the bounds at times of a schedule."""

    NOUN = "scheduled_action"
    SETTINGS = ("Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction")

    resource_id = models.CharField(max_length=600)


class ScalingActivity(Resource):
    """One change of a desired count, or the reason why there was none. `name` is its ID. It is kept after AWS no longer
    lists it."""

    NOUN = "scaling_activity"
    ACCESS_LOOKUPS = IN_SERVICE

    cluster_name = models.CharField(max_length=255)
    service_name = models.CharField(max_length=255)
    status = models.CharField(max_length=20)
    started_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "region", "cluster_name", "service_name", "-started_at"], name="scalings"),
        ]

    @property
    def tone(self) -> Tone:
        if self.not_scaled:
            return Tone.IDLE
        tones = {"Successful": Tone.OK, "Pending": Tone.PROGRESS, "InProgress": Tone.PROGRESS, "Failed": Tone.BAD}
        return tones.get(self.status, Tone.WARN)

    @property
    def not_scaled(self) -> list[dict[str, Any]]:
        """Return why the service was not scaled; empty for an activity that scaled it."""
        reasons: list[dict[str, Any]] = self.description.get("NotScaledReasons") or []
        return reasons
